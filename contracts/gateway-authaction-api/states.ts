/**
 * What the management API of an AuthAction tenant can be asked to be. Every state also hands over a `token` to
 * call with, and the ids of what exists. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type ApiState =
  | 'a user exists'
  | 'a user exists (assumed)'
  | 'the user has a role (assumed)'
  /** Hands over a `role` too, which the user has neither there nor elsewhere. */
  | 'the user is a member of an organization (assumed)'
  | 'an application has passkeys'
  | 'a person has confirmed a passkey'
  | 'the application is not granted the Management API'
  | 'the token is for another audience'
  | 'the limit of requests is reached (assumed)'

/** Examples of the ids that a state hands over. */
export const known = {
  user: '671e6abcf34ff7b958a64f81',
  role: '671e6abcf34ff7b958a64f82',
  organization: '671e6abcf34ff7b958a64f85',
  application: 'app_contract',
  nonce: '671e6abcf34ff7b958a64f83',
} as const
