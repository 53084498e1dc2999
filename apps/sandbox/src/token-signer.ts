import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose'
import type { IssuedTokens } from './issued-tokens.ts'

/** Signs access tokens for a vendor whose token endpoint is too much its own for a real authorization server. */
export interface TokenSigner {
  /** The public half, to be published. */
  readonly keySet: JSONWebKeySet
  /** An RS256 token of these claims, with `iat`, `exp` and an id under which it can be revoked. */
  sign(claims: JWTPayload, lifetimeSeconds: number): Promise<string>
}

/** A signer with a key of its own; what it signs is entered in `tokens`. */
export async function createTokenSigner(
  tokens: IssuedTokens,
  clock: { now(): number },
): Promise<TokenSigner> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const kid = randomUUID()
  return {
    keySet: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] },
    sign(claims, lifetimeSeconds) {
      const jti = randomUUID()
      const now = Math.floor(clock.now() / 1000)
      tokens.add(jti)
      return new SignJWT({ ...claims, jti, iat: now, exp: now + lifetimeSeconds })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .sign(privateKey)
    },
  }
}
