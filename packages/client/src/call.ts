import { expectOk } from './expect-ok.ts'
import { GatewayUnreachableError } from './gateway-unreachable-error.ts'
import type { Upstream } from './upstream.ts'
import { UpstreamError } from './upstream-error.ts'

/** What every typed call takes as its last argument. */
export interface CallOptions {
  /** Cancels the call, its wait for a further try, and the reading of its answer. */
  readonly signal?: AbortSignal | undefined
}

/** One call of a JSON API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Fields of this call alone, such as `If-Match`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The least that an answer must be; the rest of its type is taken on trust. */
export type Accept<T> = (value: unknown) => value is T

/**
 * Sends a call and reads its JSON answer, or drops the answer where there is nothing to accept.
 *
 * @throws {GatewayError} the gateway refused the call or could not make it
 * @throws {UpstreamError} the upstream did not answer with success, or with one that `accept` does not accept
 * @throws {GatewayUnreachableError} no answer, or half of one
 * @throws the signal's reason when it is cancelled
 */
export async function call<T>(
  upstream: Upstream,
  request: Call,
  options: CallOptions | undefined,
  accept: Accept<T>,
): Promise<T>
export async function call(upstream: Upstream, request: Call, options?: CallOptions): Promise<void>
export async function call<T>(
  upstream: Upstream,
  request: Call,
  { signal }: CallOptions = {},
  accept?: Accept<T>,
): Promise<T | undefined> {
  const name = `${request.method} ${new URL(upstream.url).pathname}${request.path.split('?', 1)[0]}`
  const answer = await upstream.fetch(request.path, initOf(request, signal))
  try {
    const response = await expectOk(answer, name)
    if (accept !== undefined) return acceptOr(response, await response.text(), name, accept)
    await response.body?.cancel()
    return undefined
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    // What the transport throws when a body ends before its end.
    if (cause instanceof TypeError) throw new GatewayUnreachableError(name, 'the answer broke off', { cause })
    throw cause
  }
}

function initOf({ method, body, headers: own }: Call, signal: AbortSignal | undefined): RequestInit {
  const headers = new Headers({ ...own, accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }
}

function acceptOr<T>(response: Response, text: string, name: string, accept: Accept<T>): T {
  const value = parse(text)
  if (accept(value)) return value
  throw new UpstreamError({
    call: name,
    status: response.status,
    flaw: 'with a body that is not what this call answers',
    body: value ?? text,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: undefined,
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
