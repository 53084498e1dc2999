import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, type Grant, type Minted, type TokenSource } from '@countersign/auth-core'
import type { Dispatcher } from 'undici'
import { type Answer, Attempt, type AttemptTimeouts } from './attempt.ts'
import { hasBody, RequestBody } from './request-body.ts'
import { type Field, upstreamHeaders } from './request-headers.ts'
import type { UpstreamProxy } from './upstream-proxy.ts'

/** An upstream, ready to be called. */
export interface ForwardTarget {
  readonly proxy: UpstreamProxy
  readonly tokens: TokenSource
  readonly timeouts: AttemptTimeouts
  /** Longest request body, in bytes. */
  readonly maxBodyBytes: number
  /** Request fields in lower case that pass beside the allow-list. */
  readonly alsoForwarded?: ReadonlySet<string>
}

/** One granted request. */
export interface Forwarding {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  /** The request target, byte for byte as it goes upstream. */
  readonly target: string
  readonly grant: Grant
  readonly minted: Minted
}

/** What became of a forwarded request. */
export interface Forwarded extends Answer {
  /** The token that the upstream took; another than the granted one after a replay. */
  readonly minted: Minted
  readonly attempts: number
}

/** Longest body that is kept for a replay after a 401, in bytes. */
const replayBytes = 64 * 1024

/**
 * Sends a granted request upstream and streams the answer back, all but its end.
 *
 * An upstream that answers 401 has refused *our* token, never the caller's: the token is replaced once for
 * everyone, and the request is sent once more if that is safe (GET, HEAD, or an operation that says
 * `replay: on_401`, with a body that was small enough to keep).
 *
 * @throws {Fault} `mint.rejected-by-upstream`, `upstream.*`, `client.gone`, `request.too-large`, and what
 * minting throws
 */
export async function forward(upstream: ForwardTarget, call: Forwarding): Promise<Forwarded> {
  const { req, grant, minted } = call
  const replayable = isReplayable(grant)
  const limits = { maxBytes: upstream.maxBodyBytes, keepBytes: replayable ? replayBytes : 0 }
  const body = hasBody(req) ? new RequestBody(req, limits) : null

  const answer = await attempt(upstream, call, minted, body)
  if (answer) {
    upstream.tokens.accepted(grant, minted.token)
    return { ...answer, minted, attempts: 1 }
  }

  const again = body === null ? null : body.replay()
  if (!replayable || again === undefined) {
    // The next caller shall not meet the refused token; this one is told now, whatever comes of that.
    upstream.tokens.replace(grant, minted.token).catch(() => {})
    throw new Fault('mint.rejected-by-upstream', {
      detail: '401 to a request that may not be sent twice',
    })
  }
  const fresh = await upstream.tokens.replace(grant, minted.token)
  const second = await attempt(upstream, call, fresh, again)
  if (!second) throw new Fault('mint.rejected-by-upstream', { detail: '401 to a newly minted token as well' })
  upstream.tokens.accepted(grant, fresh.token)
  return { ...second, minted: fresh, attempts: 2 }
}

/** One attempt with one token; `undefined` when the upstream refused that token. */
async function attempt(
  upstream: ForwardTarget,
  call: Forwarding,
  minted: Minted,
  body: RequestBody | Buffer | null,
): Promise<Answer | undefined> {
  const { req, res, requestId, target } = call
  const own: Field[] = [
    ['via', '1.1 countersign'],
    ['x-request-id', requestId],
    ['authorization', `Bearer ${minted.token.value.reveal()}`],
  ]
  const made = new Attempt({
    res,
    timeouts: upstream.timeouts,
    ownHeaders: { 'x-request-id': requestId, via: '1.1 countersign' },
    withhold: (status) => status === 401,
  })
  await upstream.proxy.send(req, res, {
    attempt: made,
    options: {
      method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
      path: target,
      headers: upstreamHeaders(req.rawHeaders, own, upstream.alsoForwarded),
      body,
    },
  })
  return made.answer
}

function isReplayable({ operation }: Grant): boolean {
  return operation.method === 'GET' || operation.method === 'HEAD' || operation.replay === 'on_401'
}
