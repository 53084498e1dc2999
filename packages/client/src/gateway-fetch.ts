import { abortable } from './abortable.ts'
import { GatewayUnreachableError } from './gateway-unreachable-error.ts'
import { IdentityError } from './identity/identity-error.ts'
import type { IdentitySource } from './identity/identity-source.ts'
import { type Outgoing, outgoing } from './outgoing.ts'
import { type Bounds, resolveTarget } from './resolve-target.ts'
import { isResendable, type RetryOptions, retryDelaySeconds } from './retry.ts'
import { wait } from './wait.ts'

/** The shape of `fetch`. */
export type GatewayFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What a client sends with. */
export interface Transport {
  readonly identity: IdentitySource
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly timeoutSeconds: number
  readonly retry: Required<RetryOptions>
}

/** RFC 6750 2.1. Checked here because `Headers` quotes a value that it refuses. */
const bearerToken = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * A `fetch` that goes to the gateway and nowhere else, as the workload: it sets `Authorization` itself and
 * drops the one it was given, which in an SDK's hands would be a vendor's token. A redirect is an answer and
 * is never followed.
 */
export function createGatewayFetch(bounds: Bounds, transport: Transport): GatewayFetch {
  return async function gatewayFetch(input, init = {}) {
    const request = outgoing(resolveTarget(input, bounds), input, init)
    let triesLeft = isResendable(request.init.body) ? transport.retry.times : 0
    while (true) {
      const response = await attempt(request, transport)
      if (triesLeft <= 0) return response
      const seconds = await retryDelaySeconds(response, transport.retry.maxWaitSeconds)
      if (seconds === undefined) return response
      triesLeft -= 1
      response.body?.cancel().catch(() => undefined)
      await wait(seconds, request.signal)
    }
  }
}

/** One request, its time bounded up to the head of the answer: a body may take as long as it takes. */
async function attempt(request: Outgoing, transport: Transport): Promise<Response> {
  const { signal, call } = request
  signal.throwIfAborted()
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), transport.timeoutSeconds * 1000)
  const either = AbortSignal.any([signal, deadline.signal])
  const overdue = () =>
    deadline.signal.aborted && !signal.aborted ? ` within ${transport.timeoutSeconds} s` : undefined
  try {
    const token = await bearerOf(transport.identity, either, overdue)
    const headers = new Headers(request.init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return await transport.fetch(request.url, { ...request.init, headers, signal: either })
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (cause instanceof IdentityError || isMisuse(cause)) throw cause
    const late = overdue()
    const what = late === undefined ? 'the gateway cannot be reached' : `no answer${late}`
    throw new GatewayUnreachableError(call, what, { cause })
  } finally {
    clearTimeout(timer)
  }
}

async function bearerOf(
  identity: IdentitySource,
  signal: AbortSignal,
  overdue: () => string | undefined,
): Promise<string> {
  let token: unknown
  try {
    token = await abortable(
      Promise.resolve().then(() => identity.token()),
      signal,
    )
  } catch (cause) {
    throw cause instanceof IdentityError
      ? cause
      : new IdentityError(`the identity source gave no token${overdue() ?? ''}`, { cause })
  }
  if (typeof token === 'string' && bearerToken.test(token)) return token
  throw new IdentityError('the identity source gave something that is not a bearer token (RFC 6750 2.1)')
}

/** `fetch` rejects with a bare TypeError for misuse (a GET with a body) and one with a cause for the network. */
function isMisuse(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined
}
