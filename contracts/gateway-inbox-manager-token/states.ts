/**
 * What the token endpoint of Inbox Manager can be asked to be. Every state hands over a credential.
 * `(assumed)`: the vendor documents it nowhere.
 */
export type TokenState =
  | 'the client is registered'
  | 'the client is registered (assumed)'
  | 'the token endpoint is out of service (assumed)'

/** An example of one. The secret has what form encoding and header fields would spoil. */
export const registered = {
  clientId: 'cid_contract',
  clientSecret: 'a secret with spaces, + % & : "quotes" and ü',
} as const

export const audience = 'https://api.inbox-manager.com'
