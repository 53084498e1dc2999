import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** A key pair of a test issuer. */
export interface SigningKey {
  readonly kid: string
  /** JOSE algorithm, such as `ES256` (RFC 7518 3.1, RFC 8037). */
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** What a key set publishes of it: `kid`, `alg` and `use: sig` included, nothing private. */
  readonly publicJwk: JWK
}

/** Makes a fresh key for `alg`. A key of nobody, for forgeries, is made the same way. */
export async function createSigningKey(alg = 'ES256', kid: string = randomUUID()): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { kid, alg, privateKey, publicKey, publicJwk }
}
