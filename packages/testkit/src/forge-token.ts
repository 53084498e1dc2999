/** The three parts of a compact JWS, each exactly as a test wants it. */
export interface Forgery {
  /** Protected header; a string or bytes are taken verbatim, so that they may be malformed. */
  readonly header: object | string | Uint8Array
  /** Claims; a string or bytes are taken verbatim. */
  readonly payload: object | string | Uint8Array
  /** Makes the signature over the signing input (RFC 7515 5.1); without it the signature is empty. */
  readonly sign?: (signingInput: Buffer) => Uint8Array
}

/**
 * Builds a token no honest library would: `alg: none`, a member given twice, a header that is not JSON, an
 * HMAC under a public key. For tests that prove a verifier refuses it.
 */
export function forgeToken(forgery: Forgery): string {
  const signingInput = `${part(forgery.header)}.${part(forgery.payload)}`
  const signature = forgery.sign?.(Buffer.from(signingInput, 'ascii')) ?? new Uint8Array()
  return `${signingInput}.${Buffer.from(signature).toString('base64url')}`
}

function part(value: object | string | Uint8Array): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8').toString('base64url')
}
