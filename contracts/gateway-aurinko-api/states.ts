/**
 * What Aurinko's API can be asked to be. Every state also hands over the `token` of an account and the
 * application's `basic`. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type ApiState =
  | 'an administrator has consented'
  /** In the week of 5 January 2026. Hands over `calendar`, `event` and its `etag`. */
  | 'an event is in a calendar'
  /** Hands over the address of a `recipient`. */
  | 'somebody can be written to'
  | 'the token is dead'
  | "the provider's refresh has failed"
  | 'the application has another secret'
  | 'the limit of requests is reached (assumed)'

/** Examples of what a state hands over. */
export const known = {
  account: '123456',
  calendar: 'calendar_known',
  event: 'event_known',
  etag: 'etag_known',
  recipient: 'ada@contract.example',
} as const
