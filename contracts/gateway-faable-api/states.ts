/**
 * What the management API of a Faable Auth tenant can be asked to be. Every state also hands over a `token` to
 * call with, and the ids of what exists. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type ApiState =
  | 'nobody is there'
  | 'a user exists'
  | 'a user exists (assumed)'
  /** Hands over the `cursor` behind the first of them. */
  | 'two users exist'
  | 'a session is active'
  | 'a session was revoked'
  /** Hands over the first of them. */
  | 'two things have been logged'
  | 'the token is for another account (assumed)'
  | 'the token was asked for without an audience (assumed)'
  | 'the token lacks the scope'
  | 'the token is revoked'
  | 'the limit of requests is reached'

/** Examples of the ids that a state hands over. */
export const known = {
  user: 'user_known',
  session: 'session_known',
  log: 'log_known',
  cursor: 'YXQ6MQ',
} as const

/** The email of the user who exists. */
export const knownEmail = 'ada@contract.example'
