import { Fault } from '../fault.ts'
import type { TokenRequest } from '../policy/grant.ts'
import { BackOff } from './back-off.ts'
import type { Credential } from './credential.ts'
import { Flights } from './flights.ts'
import { obtainToken } from './obtain-token.ts'
import type { TokenCache } from './token-cache.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { MintReason, TokenEvent } from './token-event.ts'
import { nextStatus, type TokenStatus } from './token-status.ts'
import type { UpstreamToken } from './upstream-token.ts'

/** One token to be had: what to ask for, as whom, and the key under which it will be found. */
export interface MintJob {
  readonly key: string
  readonly request: TokenRequest
  readonly credential: Credential
}

/** Where mints leave their results. */
export interface MintsOptions {
  readonly upstream: string
  readonly cache: TokenCache
  readonly strict: boolean
  /** How many failing keys are remembered. */
  readonly capacity: number
  readonly observe: (event: TokenEvent) => void
}

/**
 * The requests to one token endpoint: at most one per key at a time, its result in the cache and its failure
 * remembered before anyone who waited for it goes on.
 */
export class Mints {
  readonly #endpoint: TokenEndpoint
  readonly #options: MintsOptions
  readonly #flights = new Flights<UpstreamToken>()
  readonly #backOff: BackOff
  #status: TokenStatus = { state: 'unknown' }

  constructor(endpoint: TokenEndpoint, options: MintsOptions) {
    this.#endpoint = endpoint
    this.#options = options
    this.#backOff = new BackOff(options.capacity)
  }

  get status(): TokenStatus {
    return this.#status
  }

  /** The request in flight for the key. */
  inFlight(key: string): Promise<UpstreamToken> | undefined {
    return this.#flights.get(key)
  }

  /** The failure that the key is backing off from. */
  failure(key: string): Fault | undefined {
    return this.#backOff.remembered(key, this.#endpoint.clock.now())
  }

  /** Asks the endpoint; only for a key with nothing in flight. Rejects with a fault and nothing else. */
  start(job: MintJob, reason: MintReason): Promise<UpstreamToken> {
    return this.#flights.start(job.key, async () => {
      const order = this.#options.cache.nextOrder()
      const startedAt = this.#endpoint.clock.now()
      try {
        const token = await this.#obtain(job)
        this.#options.cache.put(job.key, token, order)
        this.#backOff.forget(job.key)
        this.#ended(reason, startedAt, 'ok')
        return token
      } catch (error) {
        const fault = this.#backOff.remember(job.key, Fault.from(error), this.#endpoint.clock.now())
        this.#ended(reason, startedAt, fault.code)
        throw fault
      }
    })
  }

  async #obtain({ request, credential }: MintJob): Promise<UpstreamToken> {
    const { upstream, strict, observe } = this.#options
    const { token, difference } = await obtainToken(this.#endpoint, request, credential)
    if (difference !== undefined) observe({ type: 'granted-differs', upstream, difference })
    if (difference === undefined || !strict) return token
    const detail = 'strict: the token endpoint granted other scopes or another audience than asked'
    throw new Fault('mint.invalid-response', { detail })
  }

  #ended(reason: MintReason, startedAt: number, result: 'ok' | Fault['code']): void {
    const { upstream, observe } = this.#options
    const now = this.#endpoint.clock.now()
    this.#status = nextStatus(this.#status, result, now)
    observe({ type: 'mint', upstream, result, reason, durationMs: now - startedAt })
  }
}
