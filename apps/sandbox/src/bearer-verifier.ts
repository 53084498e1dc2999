import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { IssuedTokens } from './issued-tokens.ts'

/** What every API of the sandbox goes by when it judges a token; what is its own, it judges itself. */
export interface BearerRules {
  readonly issuer: string
  /** Where the issuer's key set is fetched, over HTTP. */
  readonly jwksUri: string
  readonly tokens: IssuedTokens
  readonly clock: { now(): number }
  /** Claims that have to be there, besides `exp`, `iat` and `jti`. */
  readonly requiredClaims?: readonly string[]
}

/** Why a token is refused. */
export type BearerRefusalReason = 'missing' | 'invalid' | 'expired' | 'claim' | 'revoked' | 'keys-unavailable'

/** A token that is refused; each API puts it into its own words. */
export class BearerRefusal extends Error {
  override readonly name = 'BearerRefusal'
  readonly reason: BearerRefusalReason
  /** With `claim`: which one. */
  readonly claim: string | undefined

  constructor(reason: BearerRefusalReason, options: ErrorOptions & { readonly claim?: string } = {}) {
    super(reason, options)
    this.reason = reason
    this.claim = options.claim
  }
}

/**
 * Judges an `Authorization` field for an audience; without one, for any.
 *
 * @returns the token's claims
 * @throws {BearerRefusal}
 */
export type VerifyBearer = (authorization: string | undefined, audience?: string) => Promise<JWTPayload>

/**
 * Judges as a real resource server does: signature under the issuer's published keys (RS256, as all of these
 * vendors sign), issuer, audience, expiry, not revoked.
 */
export function createBearerVerifier(rules: BearerRules): VerifyBearer {
  const { issuer, jwksUri, tokens, clock, requiredClaims = [] } = rules
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return async (authorization = '', audience) => {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
    if (token === undefined) throw new BearerRefusal('missing')
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      ...(audience !== undefined && { audience }),
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'iat', 'jti', ...requiredClaims],
      currentDate: new Date(clock.now()),
    }).catch(refuse)
    if (!tokens.isGood(payload.jti ?? '')) throw new BearerRefusal('revoked')
    return payload
  }
}

function refuse(cause: unknown): never {
  if (cause instanceof errors.JWTExpired) throw new BearerRefusal('expired', { cause })
  if (cause instanceof errors.JWTClaimValidationFailed) {
    throw new BearerRefusal('claim', { cause, claim: cause.claim })
  }
  if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) {
    throw new BearerRefusal('keys-unavailable', { cause })
  }
  throw new BearerRefusal('invalid', { cause })
}
