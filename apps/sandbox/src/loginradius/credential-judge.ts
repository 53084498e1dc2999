import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { VerifyBearer } from '../bearer-verifier.ts'
import { ApiError } from './api-error.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { scopeOf } from './scope-of.ts'

/** The credentials that the API takes. */
export type CredentialKind = 'm2m' | 'key-secret' | 'client-secret'

/** What of a request is judged. */
export interface Presented {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
}

/** Says which credential a request goes by. @throws {ApiError} when it has none, or one that is not good */
export type JudgeCredential = (presented: Presented) => Promise<CredentialKind>

/**
 * One of three will do (assumed: the vendor lists all five parameters for every operation and not how they
 * belong together): key and secret; key and machine token; client id and secret, with or without the key.
 *
 * What is missing is a 400, a key that is not this tenant's a 403, and only the rest a 401.
 */
export function createCredentialJudge(settings: LoginRadiusSettings, verify: VerifyBearer): JudgeCredential {
  return async ({ method, path, headers, query }) => {
    const key = query.get('apikey') ?? headers['x-loginradius-apikey']?.toString()
    if (key !== undefined && key !== '') judgeKey(key, settings)
    if (query.has('client_id') || query.has('client_secret')) {
      judgeClient(query, settings)
      return 'client-secret'
    }
    if (headers.authorization !== undefined) {
      if (settings.bearerNeedsKey && !key) throw new ApiError(922, 'The apikey is required')
      await judgeBearer(headers.authorization, scopeOf(method, path))
      return 'm2m'
    }
    if (!key) throw new ApiError(922, 'The apikey is required')
    judgeSecret(query.get('apisecret') ?? headers['x-loginradius-apisecret']?.toString(), settings)
    return 'key-secret'
  }

  async function judgeBearer(authorization: string, scope: string): Promise<void> {
    const { scp } = await verify(authorization, settings.audience).catch((cause) => {
      throw new ApiError(6002, 'The access token is not valid', { cause })
    })
    if (Array.isArray(scp) && scp.includes(scope)) return
    throw new ApiError(6002, `The access token lacks the scope ${scope}`, { status: 403 })
  }
}

function judgeKey(key: string, { apiKey }: LoginRadiusSettings): void {
  if (isSame(key, apiKey)) return
  if (!isUuid(key)) throw new ApiError(920, 'The provided apikey is not a valid one')
  throw new ApiError(901, 'The provided apikey is not authorized')
}

function judgeSecret(secret: string | undefined, settings: LoginRadiusSettings): void {
  if (!secret) throw new ApiError(923, 'The apisecret is required')
  if (isSame(secret, settings.apiSecret)) return
  if (!isUuid(secret)) throw new ApiError(921, 'The provided apisecret is not a valid one')
  throw new ApiError(902, 'The provided apisecret is not authorized', {
    status: settings.secretRefusedStatus,
  })
}

function judgeClient(query: URLSearchParams, { clientId, clientSecret }: LoginRadiusSettings): void {
  const isGood =
    isSame(query.get('client_id') ?? '', clientId) && isSame(query.get('client_secret') ?? '', clientSecret)
  if (!isGood) throw new ApiError(6002, 'The client is not authorized')
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}
