/** What the gateway writes down, by what has happened. */
export type AuditMessage =
  | 'a change is about to be made'
  | 'a change has been made'
  | 'a service was refused a call'
  | 'a stranger was refused'
  | 'a token endpoint refused the gateway'
  | 'a delivery has been handed on'

/** What the gateway hands on. */
export type EventMessage = 'an upstream tells of a new user'

/** The audience of deliveries. */
export const eventsAudience = 'https://events.internal'
