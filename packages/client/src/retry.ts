import type { FaultCode } from '@countersign/auth-core/client'
import { abortable } from './abortable.ts'
import { mediaType } from './media-type.ts'
import { readProblem } from './read-problem.ts'
import { retryAfterSeconds } from './retry-after.ts'

const problemMs = 5000

/** How often, and for how long, a call that the gateway did not make is tried again. */
export interface RetryOptions {
  /** Further tries after the first. Default 1. */
  readonly times?: number
  /** A longer `Retry-After` than this is the caller's to judge, and is not waited for. Default 10. */
  readonly maxWaitSeconds?: number
}

/** Faults with which the gateway says that nothing went to the upstream, and that a moment may mend. */
const notMade: ReadonlySet<string> = new Set<FaultCode>([
  'policy.rate-limited',
  'identity.keys-unavailable',
  'mint.unavailable',
  'audit.unavailable',
  'gateway.exhausted',
])

/**
 * How many seconds to wait before the same request is sent again, or `undefined` when it must not be: only
 * where the gateway itself (not an upstream) says that the call was not made and when to come back. So a
 * POST is safe to repeat, too.
 */
export async function retryDelaySeconds(
  response: Response,
  maxWaitSeconds: number,
): Promise<number | undefined> {
  if (response.status !== 429 && response.status !== 503) return undefined
  if (mediaType(response) !== 'application/problem+json') return undefined
  const seconds = retryAfterSeconds(response)
  if (seconds === undefined || seconds > maxWaitSeconds) return undefined
  // A copy is read: the answer itself goes to the caller unread when there is no further try. If the copy is
  // slow or breaks off, so will the answer, and the caller sees it there.
  const reading = abortable(readProblem(response.clone()), AbortSignal.timeout(problemMs))
  const code = await reading.then(({ problem }) => problem?.code).catch(() => undefined)
  return code !== undefined && notMade.has(code) ? seconds : undefined
}

/** Can this body be sent a second time? A stream is gone once it has been read. */
export function isResendable(body: RequestInit['body']): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData
  )
}
