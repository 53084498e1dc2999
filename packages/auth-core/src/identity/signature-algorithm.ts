/** The asymmetric algorithms of JWS (RFC 7518 3.1, RFC 8037) that an issuer may be allowed to sign with. */
export type SignatureAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'

/** What a key must be for an algorithm. */
export interface KeyShape {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  /** The only curve that fits; absent for RSA. */
  readonly crv?: string
}

/** Every known algorithm and the key it takes. `none` and the symmetric ones cannot be said at all. */
export const signatureAlgorithms: Readonly<Record<SignatureAlgorithm, KeyShape>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
}
