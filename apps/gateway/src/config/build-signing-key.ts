import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { AssertionAlgorithm, AssertionKey } from '@countersign/auth-core'
import type { JWK } from 'jose'
import { Problem } from './schema/problem.ts'

/** What the configuration says of a key beside the key itself. */
export interface SigningKeyHints {
  readonly key_id?: string | undefined
  readonly algorithm?: AssertionAlgorithm | undefined
}

interface Kind {
  readonly fits: (key: KeyObject) => boolean
  readonly parameters: Parameters<KeyObject['toCryptoKey']>[0]
}

const isRsa = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) =>
  type === 'rsa' && (details?.modulusLength ?? 0) >= 2048

/** Every algorithm; of those that fit a key, the first is its default. */
const kinds: Readonly<Record<AssertionAlgorithm, Kind>> = {
  ES256: {
    fits: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    parameters: { name: 'ECDSA', namedCurve: 'P-256' },
  },
  RS256: { fits: isRsa, parameters: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  PS256: { fits: isRsa, parameters: { name: 'RSA-PSS', hash: 'SHA-256' } },
  EdDSA: { fits: (key) => key.asymmetricKeyType === 'ed25519', parameters: { name: 'Ed25519' } },
}

/**
 * The key of `private_key_jwt`, from PEM (PKCS 8) or a JWK (RFC 7517). Its id is the configuration's, the JWK's
 * own, or else its thumbprint (RFC 7638), so that a new key has a new id.
 */
export function buildSigningKey(
  text: string,
  { key_id, algorithm }: SigningKeyHints,
): AssertionKey | Problem {
  const jwk = text.trimStart().startsWith('{') ? parseJwk(text) : undefined
  const key = readKey(jwk ?? text)
  if (key === undefined) {
    return new Problem(
      'is not a private key in PEM (PKCS 8) or JWK',
      'make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
    )
  }
  const wanted = algorithm ?? stated(jwk?.alg)
  const found = algorithms.find((name) => (wanted ?? name) === name && kinds[name].fits(key))
  if (found === undefined) {
    return new Problem(
      wanted === undefined ? 'is no key for any known algorithm' : `is no key for ${wanted}`,
      'use a P-256 key for ES256, RSA of 2048 bits or more for RS256 or PS256, Ed25519 for EdDSA',
    )
  }
  const keyId = key_id ?? (typeof jwk?.kid === 'string' ? jwk.kid : thumbprint(key))
  return Object.freeze({
    key: key.toCryptoKey(kinds[found].parameters, false, ['sign']),
    algorithm: found,
    keyId,
  })
}

const algorithms = Object.keys(kinds) as readonly AssertionAlgorithm[]

/** An algorithm that is not offered fits no key. */
function stated(alg: unknown): string | undefined {
  return typeof alg === 'string' ? alg : undefined
}

function parseJwk(text: string): JWK | undefined {
  try {
    return JSON.parse(text) as JWK
  } catch {
    return undefined
  }
}

function readKey(given: JWK | string): KeyObject | undefined {
  try {
    return typeof given === 'string'
      ? createPrivateKey(given)
      : createPrivateKey({ key: given, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** RFC 7638 3: of the members that every key of its kind has, in the order of their names. */
function thumbprint(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = createPublicKey(key).export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url')
}
