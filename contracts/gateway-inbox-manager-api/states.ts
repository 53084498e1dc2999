/**
 * What the admin API of Inbox Manager can be asked to be. Every state also hands over a `token` to call with, and
 * the ids of what exists.
 * `(assumed)`: the vendor documents the request, the answer or the status nowhere, or in two ways.
 */
export type ApiState =
  | 'nothing but the parent account exists'
  | 'nothing but the parent account exists (assumed)'
  | 'an account and a user exist'
  | 'an account and a user exist (assumed)'
  | 'the user is a member of the account'
  | 'the user is a member of the account (assumed)'
  | 'the token is revoked (assumed)'
  | 'the limit of requests is reached (assumed)'

/** Examples of those ids. */
export const known = {
  application: 'app_sandbox',
  parent: 'acc_sandbox_parent',
  account: 'acc_known',
  user: 'uid_known',
  member: 'mem_known',
} as const
