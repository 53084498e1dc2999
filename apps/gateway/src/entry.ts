import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  Fault,
  type FaultCode,
  type Grant,
  type Identity,
  type Minted,
  type Service,
} from '@countersign/auth-core'
import type { AskedToken } from './exchange/asked-token.ts'
import type { ExchangeTarget } from './exchange/exchange.ts'
import type { Answer } from './forward/answer.ts'
import { faultStatus } from './respond/fault-status.ts'
import type { Route } from './route/route-table.ts'
import { requestIdOf } from './trace/request-id.ts'
import { openTrace, type RequestTrace } from './trace/request-trace.ts'

/** A verified identity, and the service that policy knows it as; `undefined` for a stranger. */
export interface Caller {
  readonly identity: Identity
  readonly service: Service | undefined
}

/** What becomes known of a request, step by step. */
export interface Facts {
  caller: Caller
  route: Route
  grant: Grant
  minted: Minted
  forwarded: Answer
  /** Whose token a token exchange is about. */
  target: ExchangeTarget
  /** The gateway's own answer to what is not a call. */
  answered: Answer
}

/** The record of one request while it is being filled. Opened first, always written. */
export class Entry {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  /** The status that a fault is answered with. */
  readonly statusOf: (code: FaultCode) => number
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number = Date.now()
  readonly trace: RequestTrace
  readonly facts: Partial<Facts> = {}
  /** Milliseconds that each step took, by the fact it produced. */
  readonly durations: Partial<Record<keyof Facts, number>> = {}
  fault: Fault | undefined
  /** The request's body, where a rule had to read it: these bytes go upstream and no others. */
  body: Buffer | undefined
  /** How often the request was sent upstream. */
  attempts = 0
  /** What a token request of a known caller asks for. */
  asked: AskedToken | undefined
  /** `Host` of a known caller's request, where it says which upstream is called. */
  upstreamHost: string | undefined
  readonly #start: number = performance.now()
  #mark: number = this.#start

  constructor(req: IncomingMessage, res: ServerResponse, statusOf = (code: FaultCode) => faultStatus[code]) {
    this.req = req
    this.res = res
    this.statusOf = statusOf
    this.trace = openTrace(req, this.startedAt)
    this.requestId = requestIdOf(req.headers['x-request-id'])
  }

  /** Stores what a step found and hands it on. */
  keep<Name extends keyof Facts>(name: Name, value: Facts[Name]): Facts[Name] {
    const now = performance.now()
    this.durations[name] = now - this.#mark
    this.#mark = now
    this.facts[name] = value
    return value
  }

  /**
   * The request is about to be sent with this token: of several, the last one is on record.
   *
   * @returns how often it was sent before
   */
  attempt(minted: Minted): number {
    this.facts.minted = minted
    this.attempts += 1
    return this.attempts - 1
  }

  /** Whatever was thrown, as the fault that this request ends with. */
  fail(error: unknown): Fault {
    this.fault = Fault.from(error)
    if (!this.res.headersSent) this.res.setHeader('x-request-id', this.requestId)
    return this.fault
  }

  /** What the caller sees: an answer that had begun keeps its status, whatever went wrong after. */
  status(): number {
    const { fault, res } = this
    return fault === undefined || res.headersSent ? res.statusCode : this.statusOf(fault.code)
  }

  /** Milliseconds since the request was opened. */
  elapsed(): number {
    return performance.now() - this.#start
  }
}
