/**
 * What the token endpoint of a Faable Auth tenant, and its open documents, can be asked to be. Every state hands
 * over a credential and what a request may name. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type TokenState =
  | 'the client is registered'
  | 'the client is registered (assumed)'
  | 'the plan pays for no more machine tokens'
  | 'the client has asked too often'
  | 'the token endpoint is out of service (assumed)'

/** What a request names. The secret has what form encoding and header fields would spoil. */
export const registered = {
  clientId: 'client_contract',
  clientSecret: 'a secret with spaces, + % & : "quotes" and ü',
  audience: 'faable:management:acc_contract',
  /** The tenant's host name, without a port. */
  host: '127.0.0.1',
} as const
