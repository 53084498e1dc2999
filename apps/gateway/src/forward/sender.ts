import { Fault, type FaultCode, type Minted } from '@countersign/auth-core'
import type { Dispatcher } from 'undici'
import { assertStillThere } from '../edge/still-there.ts'
import { beginAttempt } from '../trace/attempt-span.ts'
import type { RequestTrace } from '../trace/request-trace.ts'
import type { Answer, Refusal, Switched } from './answer.ts'
import { Attempt } from './attempt.ts'
import { EchoGuard } from './echo-guard.ts'
import type { Forwarding, ForwardTarget } from './forwarding.ts'
import { everyUnauthorized } from './refusal.ts'
import { RequestBody } from './request-body.ts'
import { type Fields, upstreamHeaders } from './request-headers.ts'
import { createSpellings } from './secret-spellings.ts'
import type { ShownCredential } from './shown-credential.ts'
import { handshakeFields, switchProtocols } from './switch-protocols.ts'

/** The request's body: as it arrives, as a whole, or none. */
export type OutgoingBody = RequestBody | Buffer | null

/** How an attempt may have failed that is made once more. Whoever is too slow to connect is not asked again. */
const retried: ReadonlySet<FaultCode> = new Set(['upstream.unreachable', 'upstream.aborted'])

/** Sends one granted request, with the token it is told to and as often as that is right. */
export class Sender {
  readonly #upstream: ForwardTarget
  readonly #call: Forwarding
  readonly #startedAt = performance.now()
  #mayRetry = true

  constructor(upstream: ForwardTarget, call: Forwarding) {
    this.#upstream = upstream
    this.#call = call
  }

  /**
   * Sends the request. Where the connection failed before anything of it was written, it is sent once more, whatever
   * its method: nobody can have begun to do what it asks. Once a byte was written nobody can tell, and it is not.
   *
   * @throws {Fault} `upstream.*`, `client.gone`, `request.*`
   */
  send(minted: Minted, body: OutgoingBody): Promise<Answer | Refusal> {
    const first = this.#attempt(minted, body)
    return first.outcome.catch((error: unknown) => {
      if (!this.#mayRetry || first.hasBegun() || !(error instanceof Fault) || !retried.has(error.code))
        throw error
      this.#mayRetry = false
      this.#upstream.onRetry?.(error.code)
      return this.#attempt(minted, body).outcome
    })
  }

  /** One attempt with one token. */
  #attempt(minted: Minted, body: OutgoingBody) {
    const { trace, req, res, requestId, target, grant, attempting, answering } = this.#call
    const { timeouts, refusals = everyUnauthorized, proxy, shows, onEcho, alsoForwarded } = this.#upstream
    assertStillThere(req, res)
    const resends = attempting?.(minted) ?? 0
    const span = beginAttempt(trace, { upstream: grant.upstream, operation: grant.operation, resends })
    const shown = shows?.(grant.operation)
    const made = new Attempt({
      res,
      timeouts,
      places: this.#upstream.places,
      startedAt: this.#startedAt,
      awaitsCaller: body instanceof RequestBody ? () => body.awaitsCaller : undefined,
      ownFields: answerFields(requestId),
      refusals,
      conceal: shown?.conceal,
      answering,
      onSwitched: (switched) => this.#tunnel(switched),
    })
    const spellings = (shown?.spellings ?? spellingsOfToken)(minted.token)
    const outgoing = {
      attempt: new EchoGuard(made, spellings, () => onEcho?.(requestId)),
      certificate: minted.token.certificate,
      options: {
        method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
        path: shown ? shown.target(target) : target,
        headers: upstreamHeaders(
          req.rawHeaders,
          ownFields(this.#call, { minted, shown, trace: span?.place ?? trace }),
          alsoForwarded,
        ),
        body,
        upgrade: grant.operation.websocket ? 'websocket' : null,
      },
    }
    proxy.send(req, res, outgoing)
    return { outcome: span ? span.around(made.answer) : made.answer, hasBegun: () => made.hasBegun }
  }

  /** What follows a 101 is no answer that ends: the request lasts as long as its connection. */
  async #tunnel(switched: Switched): Promise<Answer> {
    const { req, res, requestId, grant, until = 0 } = this.#call
    const { tunnels, timeouts } = this.#upstream
    if (tunnels === undefined) throw new TypeError('an upstream without tunnels was asked for one')
    return switchProtocols(tunnels, {
      upstream: grant.upstream,
      req,
      res,
      far: switched.socket,
      headers: switched.headers,
      ownFields: answerFields(requestId),
      idleMs: timeouts.idleMs,
      until,
    })
  }
}

/** What the gateway says of itself in an answer. */
function answerFields(requestId: string): Fields {
  return ['x-request-id', requestId, 'via', '1.1 countersign']
}

interface Shown {
  readonly minted: Minted
  readonly shown: ShownCredential | undefined
  readonly trace: Pick<RequestTrace, 'traceparent' | 'tracestate'>
}

/** What the gateway says to an upstream; the credential last. */
function ownFields({ req, requestId, grant }: Forwarding, { minted, shown, trace }: Shown): string[] {
  const own = grant.operation.websocket ? handshakeFields(req) : []
  // W3C Trace Context: the upstream is told of its place in the trace by us, never by the caller.
  own.push('via', '1.1 countersign', 'x-request-id', requestId, 'traceparent', trace.traceparent)
  if (trace.tracestate !== undefined) own.push('tracestate', trace.tracestate)
  if (shown) own.push(...shown.fields(minted))
  else own.push('authorization', `Bearer ${minted.token.value.reveal()}`)
  return own
}

/** Of an upstream that is shown nothing but the token. */
const spellingsOfToken = createSpellings((value) => [value])
