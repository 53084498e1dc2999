import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { ApiError } from './api-error.ts'
import type { IssuedTokens } from './issued-tokens.ts'
import { inboxManagerSeed } from './seed.ts'

/** What the admin API goes by when it judges a token. */
export interface BearerRules {
  readonly issuer: string
  /** Where the issuer's key set is fetched, over HTTP. */
  readonly jwksUri: string
  readonly audience: string
  readonly tokens: IssuedTokens
  readonly clock: { now(): number }
}

/** Judges an `Authorization` field. @throws {ApiError} `unauthorized` or `forbidden` */
export type JudgeBearer = (authorization: string | undefined) => Promise<void>

/**
 * Judges as a real resource server does: signature under the issuer's published keys, issuer, audience,
 * expiry, not revoked, and the application in the claim `app` (it scopes all data of this vendor).
 */
export function createBearerJudge({ issuer, jwksUri, audience, tokens, clock }: BearerRules): JudgeBearer {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return async (authorization = '') => {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
    if (token === undefined) throw new ApiError('unauthorized', 'a bearer token is required')
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'iat', 'jti', 'app'],
      currentDate: new Date(clock.now()),
    }).catch(refuse)
    judgeClaims(payload, tokens)
  }
}

function judgeClaims({ jti = '', app }: JWTPayload, tokens: IssuedTokens): void {
  if (!tokens.isGood(jti)) throw new ApiError('unauthorized', 'the token is revoked')
  if (app !== inboxManagerSeed.applicationId)
    throw new ApiError('forbidden', 'the token is for another application')
}

function refuse(cause: unknown): never {
  if (cause instanceof errors.JWTExpired)
    throw new ApiError('unauthorized', 'the token has expired', { cause })
  if (cause instanceof errors.JWTClaimValidationFailed) {
    throw new ApiError('unauthorized', `the claim ${cause.claim} is not acceptable`, { cause })
  }
  if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) {
    throw new ApiError('unavailable', 'the keys of the authorization server cannot be read', { cause })
  }
  throw new ApiError('unauthorized', 'the token is not valid', { cause })
}
