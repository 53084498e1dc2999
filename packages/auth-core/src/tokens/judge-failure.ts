import { Fault, type FaultCode } from '../fault.ts'
import type { Secret } from '../secret.ts'
import type { Answer } from './read-answer.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** What is known besides the answer itself. */
export interface FailureContext {
  /** Besides 401, the statuses that mean a refusal here whatever the body says. */
  readonly refusedStatuses: readonly number[]
  /** So that an endpoint that echoes it cannot put it into a log. */
  readonly secret: Secret | undefined
  /** Milliseconds since the Unix epoch, for a `Retry-After` that is a date. */
  readonly now: number
}

/** An answer without a token. */
export interface Failure {
  readonly fault: Fault
  /** It is the credential that was refused; another one of the same client may be taken. */
  readonly refusesCredential: boolean
}

/**
 * What an answer that holds no token means. Whatever the endpoint says, it is our credential or its service
 * that failed, so no code of the caller's ever comes out of here.
 *
 * - `mint.unavailable`: 408, 429, 5xx, `server_error`, `temporarily_unavailable`
 * - `mint.refused`: 400, 401 or 403 with an OAuth error (RFC 6749 5.2), any 401, the upstream's own statuses
 * - `mint.invalid-response`: everything else, redirects among it
 */
export function judgeFailure(answer: Answer, context: FailureContext): Failure {
  const { status } = answer
  const error = answer.body?.error
  const detail = `the token endpoint answered ${status}${named(error, context.secret)}`
  if (status >= 300 && status < 400) {
    const fault = new Fault('mint.invalid-response', {
      detail: `${detail}, a redirect, which is never followed`,
    })
    return { fault, refusesCredential: false }
  }
  const code = failureCode(status, error, context.refusedStatuses)
  const seconds =
    status === 429 || status === 503 ? retryAfterSeconds(answer.retryAfter, context.now) : undefined
  const fault = new Fault(code, seconds === undefined ? { detail } : { detail, retryAfterSeconds: seconds })
  return { fault, refusesCredential: code === 'mint.refused' && !pastAuthentication.has(String(error)) }
}

/** Errors of RFC 6749 5.2, 8693 2.2.2 and 8707 2 about the request of a client that was recognised. */
const pastAuthentication: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
])

function failureCode(status: number, error: unknown, refusedStatuses: readonly number[]): FaultCode {
  if (status === 408 || status === 429 || status >= 500) return 'mint.unavailable'
  if (error === 'server_error' || error === 'temporarily_unavailable') return 'mint.unavailable'
  if (status === 401 || refusedStatuses.includes(status)) return 'mint.refused'
  const isOAuthError = typeof error === 'string' && error !== ''
  const mayRefuse = status < 300 || status === 400 || status === 403
  return isOAuthError && mayRefuse ? 'mint.refused' : 'mint.invalid-response'
}

/** ` invalid_client`: the error code, where it looks like one; free text may quote what we sent. */
function named(error: unknown, secret: Secret | undefined): string {
  if (error === undefined) return ''
  if (typeof error !== 'string' || !/^[a-z][a-z0-9_.-]{0,47}$/i.test(error))
    return ' with an unreadable error'
  return secret && error.includes(secret.reveal()) ? ' with an unreadable error' : ` ${error}`
}
