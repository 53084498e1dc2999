import type { Buffer } from 'node:buffer'
import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto'
import type { SignatureAlgorithm } from './signature-algorithm.ts'

/**
 * Was this signature made over these bytes with the key? At once, or by a thread where an answer takes so long that
 * everybody else would wait for it.
 */
export type SignatureCheck = (signed: Buffer, signature: Buffer) => boolean | Promise<boolean>

/** How signatures of an algorithm are made, as OpenSSL names things. */
interface SignatureScheme {
  /** What the key must be. */
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  readonly curve?: string
  /** `null`: the algorithm brings its own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null
  readonly options: Omit<VerifyKeyObjectInput, 'key'>
  /** Length of a signature; absent for RSA, where it is that of the modulus (RFC 8017 8.1.2, 8.2.2). */
  readonly bytes?: number
}

const pkcs1 = { padding: constants.RSA_PKCS1_PADDING }
/** RFC 7518 3.5: the salt is as long as the hash, which is that of the mask as well. */
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
/** RFC 7518 3.4: r and s one behind the other, and not in DER. */
const concatenated = { dsaEncoding: 'ieee-p1363' } as const

const schemes: Readonly<Record<SignatureAlgorithm, SignatureScheme>> = {
  RS256: { keyType: 'rsa', hash: 'sha256', options: pkcs1 },
  RS384: { keyType: 'rsa', hash: 'sha384', options: pkcs1 },
  RS512: { keyType: 'rsa', hash: 'sha512', options: pkcs1 },
  PS256: { keyType: 'rsa', hash: 'sha256', options: pss },
  PS384: { keyType: 'rsa', hash: 'sha384', options: pss },
  PS512: { keyType: 'rsa', hash: 'sha512', options: pss },
  ES256: { keyType: 'ec', curve: 'prime256v1', hash: 'sha256', options: concatenated, bytes: 64 },
  ES384: { keyType: 'ec', curve: 'secp384r1', hash: 'sha384', options: concatenated, bytes: 96 },
  ES512: { keyType: 'ec', curve: 'secp521r1', hash: 'sha512', options: concatenated, bytes: 132 },
  EdDSA: { keyType: 'ed25519', hash: null, options: {}, bytes: 64 },
}

/** Half a millisecond and more. */
const slow: ReadonlySet<SignatureAlgorithm> = new Set(['ES384', 'ES512'])
/** RFC 7518 3.3 and 3.5. */
const leastRsaBits = 2048

/**
 * Makes the check of signatures of one algorithm (RFC 7518 3, RFC 8037 3.1) with one public key.
 * See docs/adr/0006-signatures-are-verified-on-the-event-loop.md.
 *
 * @throws {TypeError} the key is not one for this algorithm, or an RSA key of less than 2048 bits
 */
export function createSignatureCheck(algorithm: SignatureAlgorithm, key: KeyObject): SignatureCheck {
  const { keyType, curve, hash, options, bytes } = schemes[algorithm]
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.type !== 'public' || key.asymmetricKeyType !== keyType || namedCurve !== curve) {
    throw new TypeError(`this is no public key for ${algorithm}`)
  }
  if (keyType === 'rsa' && modulusLength < leastRsaBits) {
    throw new TypeError(`an RSA key of ${modulusLength} bits is too short for ${algorithm}`)
  }
  const length = bytes ?? Math.ceil(modulusLength / 8)
  const keyed = { key, ...options }

  function check(signed: Buffer, signature: Buffer): boolean {
    return signature.length === length && verify(hash, signed, keyed, signature)
  }
  function checkOnThread(signed: Buffer, signature: Buffer): boolean | Promise<boolean> {
    if (signature.length !== length) return false
    return new Promise((resolve, reject) => {
      verify(hash, signed, keyed, signature, (error, isGood) => (error ? reject(error) : resolve(isGood)))
    })
  }
  return slow.has(algorithm) ? checkOnThread : check
}
