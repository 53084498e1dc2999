import { type Fault, faultKinds, type RateLimitState } from '@countersign/auth-core'
import { faultStatus } from './fault-status.ts'
import { proxyStatus } from './proxy-status.ts'

/** An answer of the gateway itself, ready to be written. */
export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What an answer may say beside the fault. */
export interface ProblemContext {
  /** Where the metadata of the protected resource is. */
  readonly resourceMetadata?: string | undefined
  /** Who asks authenticated as a client by `Basic`, which the challenge then answers as well (RFC 6749 5.2). */
  readonly isBasic?: boolean
}

/**
 * A fault as HTTP: RFC 9457 problem details with a stable `code` and `owner`, `Proxy-Status`, and on every
 * 401 a challenge (RFC 6750 3). The only place where a fault becomes an answer.
 */
export function problemOf(fault: Fault, requestId: string, context: ProblemContext = {}): Problem {
  const status = faultStatus[fault.code]
  const body = JSON.stringify({
    type: `urn:countersign:fault:${fault.code}`,
    title: faultKinds[fault.code].says,
    status,
    detail: fault.says,
    code: fault.code,
    owner: fault.owner,
    request_id: requestId,
  })
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'proxy-status': proxyStatus(fault.code),
    'x-request-id': requestId,
  }
  if (status === 401) headers['www-authenticate'] = challenge(fault, context)
  if (fault.allow) headers.allow = fault.allow.join(', ')
  if (fault.retryAfterSeconds !== undefined)
    headers['retry-after'] = String(Math.ceil(fault.retryAfterSeconds))
  if (fault.rateLimit) Object.assign(headers, rateLimitFields(fault.rateLimit))
  return { status, headers, body }
}

/** `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10. */
function rateLimitFields({ calls, windowSeconds, remaining, resetSeconds }: RateLimitState) {
  return {
    'ratelimit-policy': `"rule";q=${calls};w=${windowSeconds}`,
    ratelimit: `"rule";r=${remaining};t=${resetSeconds}`,
  }
}

/** RFC 6750 3.1: no error code where no credential was sent. RFC 9728 5.1: where to learn what would do. */
function challenge({ code, says }: Fault, { resourceMetadata, isBasic }: ProblemContext): string {
  const error = code === 'identity.missing' ? [] : ['error="invalid_token"', `error_description="${says}"`]
  const metadata = resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`]
  const bearer = `Bearer ${['realm="countersign"', ...error, ...metadata].join(', ')}`
  return isBasic ? `${bearer}, Basic realm="countersign"` : bearer
}
