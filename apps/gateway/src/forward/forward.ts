import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  Fault,
  type Grant,
  type Minted,
  type Operation,
  type RefusalReason,
  type TokenSource,
} from '@countersign/auth-core'
import type { Dispatcher } from 'undici'
import { assertStillThere } from '../edge/still-there.ts'
import { beginAttempt } from '../trace/attempt-span.ts'
import type { RequestTrace } from '../trace/request-trace.ts'
import { type Answer, Attempt, type Refusal, type Switched } from './attempt.ts'
import type { Answering } from './circuit.ts'
import type { AttemptTimeouts } from './deadlines.ts'
import { EchoGuard } from './echo-guard.ts'
import type { Explanations } from './explain.ts'
import { everyUnauthorized, type RefusalReader } from './refusal.ts'
import { type BodyLimits, hasBody, RequestBody } from './request-body.ts'
import { type Field, upstreamHeaders } from './request-headers.ts'
import { createSpellings } from './secret-spellings.ts'
import type { ShownCredential } from './shown-credential.ts'
import { handshakeFields, switchProtocols } from './switch-protocols.ts'
import type { Tunnels } from './tunnels.ts'
import type { UpstreamProxy } from './upstream-proxy.ts'

/** An upstream, ready to be called. */
export interface ForwardTarget {
  readonly proxy: UpstreamProxy
  readonly tokens: TokenSource
  readonly timeouts: AttemptTimeouts
  /** Of a WebSocket, in milliseconds. Default 60 s. */
  readonly idleMs?: number
  /** Longest request body, in bytes. */
  readonly maxBodyBytes: number
  /** Request fields in lower case that pass beside the allow-list. */
  readonly alsoForwarded?: ReadonlySet<string>
  /** How an operation's credential is shown; without it, as `Authorization: Bearer` and in no other way. */
  readonly shows?: ((operation: Operation) => ShownCredential) | undefined
  /** Its tokens are had in exchange for the caller's own. */
  readonly exchanges?: boolean
  /** Where WebSockets live on. */
  readonly tunnels?: Tunnels | undefined
  /** What counts as a refusal of the credential; without it, every 401. */
  readonly refusals?: RefusalReader | undefined
  /** Told when an answer quoted the credential; it was masked. */
  readonly onEcho?: ((requestId: string) => void) | undefined
  /** What a fault most likely means here, for the caller. */
  readonly explains?: Explanations | undefined
}

/** One granted request. */
export interface Forwarding {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  readonly trace: RequestTrace
  /** The request target, byte for byte as it goes upstream. */
  readonly target: string
  readonly grant: Grant
  readonly minted: Minted
  /** The request's body, where a rule has read it; otherwise it is taken from the request as it arrives. */
  readonly body?: Buffer | undefined
  /** Milliseconds since the Unix epoch at which the caller's credential ends. */
  readonly until?: number
  /** Told of every attempt before it is made, and of the token that it is made with; says how many went before. */
  readonly attempting?: ((minted: Minted) => number) | undefined
  /** Told the status of every answer when it begins, and that of a 101. */
  readonly answering?: Answering | undefined
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
 * A refusal of a credential that is not a token is for the operator: there is no other one to try.
 *
 * @throws {Fault} `mint.rejected-by-upstream`, `mint.audience-unknown`, `upstream.*`, `client.gone`,
 * `request.too-large`, and what minting throws
 */
export async function forward(upstream: ForwardTarget, call: Forwarding): Promise<Answer> {
  const { grant, minted } = call
  assertStillThere(call.req, call.res)
  const replayable = isReplayable(grant)
  const limits = { maxBytes: upstream.maxBodyBytes, keepBytes: replayable ? replayBytes : 0 }
  const body = bodyOf(call, limits)

  const answer = await attempt(upstream, call, minted, body)
  if (!('refused' in answer)) {
    upstream.tokens.accepted(grant, minted.token)
    return answer
  }

  const { refused } = answer
  if (minted.source === 'configured') throw new Fault('upstream.credential-refused')
  const again = body instanceof RequestBody ? body.replay() : body
  if (!replayable || again === undefined) {
    // The next caller shall not meet the refused token; this one is told now, unless only that shows why.
    const replacing = upstream.tokens.replace(grant, minted.token, refused)
    replacing.catch(() => {})
    const next = refused === 'token' ? undefined : await replacing
    const isCorrected = refused !== 'audience' || next?.audience !== minted.audience
    throw new Fault(isCorrected ? 'mint.rejected-by-upstream' : 'mint.audience-unknown', {
      detail: `${meanings[refused]}, to a request that may not be sent twice`,
    })
  }
  const fresh = await upstream.tokens.replace(grant, minted.token, refused)
  const second = await attempt(upstream, call, fresh, again)
  if ('refused' in second) {
    const code = second.refused === 'audience' ? 'mint.audience-unknown' : 'mint.rejected-by-upstream'
    throw new Fault(code, { detail: `${meanings[second.refused]}, with a newly minted token as well` })
  }
  upstream.tokens.accepted(grant, fresh.token)
  return second
}

const meanings: Readonly<Record<RefusalReason, string>> = {
  token: 'the upstream answered 401',
  audience: 'the upstream says that the token is for another audience',
  dead: 'the upstream says that the token will never work again',
}

/** One attempt with one token. */
async function attempt(
  upstream: ForwardTarget,
  call: Forwarding,
  minted: Minted,
  body: RequestBody | Buffer | null,
): Promise<Answer | Refusal> {
  const { req, res, requestId, target, grant } = call
  assertStillThere(req, res)
  const resends = call.attempting?.(minted) ?? 0
  const span = beginAttempt(call.trace, { upstream: grant.upstream, operation: grant.operation, resends })
  const shown = upstream.shows?.(grant.operation)
  const own: Field[] = [
    ['via', '1.1 countersign'],
    ['x-request-id', requestId],
    ...traceFields(span?.place ?? call.trace),
  ]
  if (shown) own.push(...shown.fields(minted))
  else own.push(['authorization', `Bearer ${minted.token.value.reveal()}`])
  const isWebSocket = grant.operation.websocket === true
  if (isWebSocket) own.unshift(...handshakeFields(req))
  const made = new Attempt({
    res,
    timeouts: upstream.timeouts,
    ownHeaders: { 'x-request-id': requestId, via: '1.1 countersign' },
    refusals: upstream.refusals ?? everyUnauthorized,
    conceal: shown?.conceal,
    answering: call.answering,
  })
  const sent = upstream.proxy.send(req, res, {
    attempt: new EchoGuard(made, (shown?.spellings ?? spellingsOfToken)(minted.token), () =>
      upstream.onEcho?.(requestId),
    ),
    certificate: minted.token.certificate,
    options: {
      method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
      path: shown ? shown.target(target) : target,
      headers: upstreamHeaders(req.rawHeaders, own, upstream.alsoForwarded),
      body,
      ...(isWebSocket && { upgrade: 'websocket' }),
    },
  })
  const settled = sent
    .then(() => made.answer)
    .then((answer) => ('switched' in answer ? tunnel(upstream, call, answer) : answer))
  return span ? span.around(settled) : settled
}

/** What follows a 101 is no answer that ends: the request lasts as long as its connection. */
function tunnel(upstream: ForwardTarget, call: Forwarding, { switched }: Switched): Promise<Answer> {
  const { req, res, requestId, grant, until = 0 } = call
  if (upstream.tunnels === undefined) throw new TypeError('an upstream without tunnels was asked for one')
  return switchProtocols(upstream.tunnels, {
    upstream: grant.upstream,
    req,
    res,
    far: switched.socket,
    headers: switched.headers,
    ownHeaders: { 'x-request-id': requestId, via: '1.1 countersign' },
    idleMs: upstream.idleMs ?? 60_000,
    until,
  })
}

/** Of an upstream that is shown nothing but the token. */
const spellingsOfToken = createSpellings((value) => [value])

/** W3C Trace Context: the upstream is told of its place in the trace by us, never by the caller. */
function traceFields({ traceparent, tracestate }: Pick<RequestTrace, 'traceparent' | 'tracestate'>): Field[] {
  const parent: Field = ['traceparent', traceparent]
  return tracestate === undefined ? [parent] : [parent, ['tracestate', tracestate]]
}

function bodyOf({ req, body }: Forwarding, limits: BodyLimits): RequestBody | Buffer | null {
  if (!hasBody(req)) return null
  return body ?? new RequestBody(req, limits)
}

function isReplayable({ operation }: Grant): boolean {
  return operation.method === 'GET' || operation.method === 'HEAD' || operation.replay === 'on_401'
}
