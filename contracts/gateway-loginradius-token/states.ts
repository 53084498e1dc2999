/**
 * What the token endpoint of a LoginRadius tenant can be asked to be. Every state hands over a credential.
 * `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type TokenState =
  | 'the client is registered'
  | 'the client is registered (assumed)'
  | 'the token endpoint is out of service (assumed)'

/** An example of one. The secret has what form encoding and header fields would spoil. */
export const registered = {
  clientId: 'client_contract',
  clientSecret: 'a secret with spaces, + % & : "quotes" and ü',
} as const

/** One for all tenants; it has kept the path of an older API. */
export const audience = 'https://api.loginradius.com/identity/v2/manage'
