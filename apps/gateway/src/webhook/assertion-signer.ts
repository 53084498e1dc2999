import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { Secret } from '@countersign/auth-core'
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, SignJWT } from 'jose'
import type { Delivery } from './verify-delivery.ts'

/** Signs what the gateway vouches for, with a key of its own. */
export interface AssertionSigner {
  /** The public key, as receivers fetch it. */
  readonly keySet: JSONWebKeySet
  /**
   * A JWT (ES256) that lives for a minute: this delivery, of this upstream, with a body of this SHA-256, was
   * verified for this audience.
   */
  sign(delivery: Delivery, audience: string): Promise<string>
}

/** Who signs. */
export interface AssertionSignerOptions {
  /** `iss`: the public listener's address. */
  readonly issuer: string
  /** PKCS 8 in PEM, P-256; without it a key is made that lives as long as the process. */
  readonly key: Secret | undefined
}

/** Makes a signer; the key's id is its thumbprint (RFC 7638). */
export async function createAssertionSigner(options: AssertionSignerOptions): Promise<AssertionSigner> {
  const { issuer } = options
  const privateKey = options.key
    ? createPrivateKey(options.key.reveal())
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const publicJwk = await exportJWK(createPublicKey(privateKey))
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    keySet: { keys: [{ ...publicJwk, kid, use: 'sig', alg: 'ES256' }] },
    sign({ upstream, id, event, body }, audience) {
      const digest = createHash('sha256').update(body).digest('base64url')
      return new SignJWT({
        upstream,
        delivery: id,
        ...(event !== undefined && { event }),
        body_sha256: digest,
      })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('60s')
        .sign(privateKey)
    },
  }
}
