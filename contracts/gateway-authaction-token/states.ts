/**
 * What the token endpoint of an AuthAction tenant can be asked to be. Every state hands over a credential and the
 * audience. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type TokenState =
  | 'the client is registered'
  | 'the client is registered (assumed)'
  | 'tokens come from the new path only (assumed)'
  | 'tokens come from the old path only (assumed)'
  | 'the token endpoint is out of service (assumed)'

/** What a request names. The secret has what form encoding and header fields would spoil. */
export const registered = {
  clientId: 'client_contract',
  clientSecret: 'a secret with spaces, + % & : "quotes" and ü',
  /** The tenant's origin, without a slash at its end. */
  audience: 'https://acme.eu.authaction.com',
} as const
