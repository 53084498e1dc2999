/**
 * What Aurinko's API can be asked to be. Every state also hands over the `token` of an account and the
 * application's `basic`. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type ApiState =
  | 'an administrator has consented'
  | 'the token is dead'
  | "the provider's refresh has failed"
  | 'the application has another secret'
  | 'the limit of requests is reached (assumed)'

/** Examples of the ids that a state hands over. */
export const known = { account: '123456' } as const
