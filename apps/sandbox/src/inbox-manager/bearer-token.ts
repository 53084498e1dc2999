import { BearerRefusal, type BearerRules, createBearerVerifier } from '../bearer-verifier.ts'
import { ApiError } from './api-error.ts'
import { inboxManagerSeed } from './seed.ts'

/** Judges an `Authorization` field. @throws {ApiError} `unauthorized` or `forbidden` */
export type JudgeBearer = (authorization: string | undefined) => Promise<void>

/**
 * Judges a token, and the application in its claim `app`: it scopes all data of this vendor.
 *
 * @param rules `audience` is the one audience of the admin API
 */
export function createBearerJudge({
  audience,
  ...rules
}: BearerRules & { readonly audience: string }): JudgeBearer {
  const verify = createBearerVerifier({ ...rules, requiredClaims: ['app'] })
  return async (authorization) => {
    const { app } = await verify(authorization, audience).catch(refuse)
    if (app !== inboxManagerSeed.applicationId) {
      throw new ApiError('forbidden', 'the token is for another application')
    }
  }
}

function refuse(cause: unknown): never {
  if (!(cause instanceof BearerRefusal)) throw cause
  if (cause.reason === 'keys-unavailable') {
    throw new ApiError('unavailable', 'the keys of the authorization server cannot be read', { cause })
  }
  throw new ApiError('unauthorized', sentences[cause.reason](cause.claim), { cause })
}

const sentences: Readonly<
  Record<Exclude<BearerRefusal['reason'], 'keys-unavailable'>, (claim?: string) => string>
> = {
  missing: () => 'a bearer token is required',
  invalid: () => 'the token is not valid',
  expired: () => 'the token has expired',
  claim: (claim) => `the claim ${claim} is not acceptable`,
  revoked: () => 'the token is revoked',
}
