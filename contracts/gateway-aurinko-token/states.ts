/**
 * What Aurinko can be asked to be before there is a token: its consent, and the exchange of the code that comes of
 * it. Every state hands over a credential.
 * `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type TokenState =
  | 'the application is registered'
  | 'an administrator has consented'
  | 'the code of a consent was used (assumed)'
  | 'the exchange is out of service (assumed)'

const [clientId, clientSecret] = ['client_contract', 'a secret with spaces, + % & "quotes" and ü']

/** Examples of what a state hands over. */
export const known = {
  clientId,
  clientSecret,
  /** What follows `Basic` (RFC 7617). */
  basic: Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
  code: 'code-of-a-consent',
} as const
