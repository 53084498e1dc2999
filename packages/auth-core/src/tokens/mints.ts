import { BackOff } from '../back-off.ts'
import { Fault } from '../fault.ts'
import type { Credential } from './credential.ts'
import type { CredentialRotation } from './credential-rotation.ts'
import { Flights } from './flights.ts'
import type { Failure } from './judge-failure.ts'
import type { Judged } from './judge-token.ts'
import { obtainToken } from './obtain-token.ts'
import type { Asking } from './request-token.ts'
import type { TokenCache } from './token-cache.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { MintReason, TokenEvent } from './token-event.ts'
import { nextStatus, type TokenStatus } from './token-status.ts'
import type { UpstreamToken } from './upstream-token.ts'

/** One token to be had: what to ask for, and the key of it under the credential that serves now. */
export interface MintJob extends Omit<Asking, 'credential'> {
  readonly key: string
}

/** Where mints leave their results. */
export interface MintsOptions {
  readonly upstream: string
  readonly cache: TokenCache
  readonly rotation: CredentialRotation
  readonly keyOf: (asking: Asking) => string
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
  #isTrying = false

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
      const startedAt = this.#endpoint.clock.now()
      try {
        const token = await this.#obtain(job)
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

  /**
   * Gets one token with a credential that has never had one, while the one before it serves. One at a time;
   * nobody waits for it, and its failure is no failure of the endpoint.
   */
  tryNewest(job: MintJob): void {
    const [newest] = this.#options.rotation.candidates()
    if (this.#isTrying || newest === undefined) return
    this.#isTrying = true
    void this.#tryAlone(newest, job).finally(() => {
      this.#isTrying = false
    })
  }

  async #tryAlone(newest: Credential, job: MintJob): Promise<void> {
    const startedAt = this.#endpoint.clock.now()
    const outcome = await this.#attempt(newest, job)
    if ('token' in outcome) this.#ended('rotate', startedAt, 'ok')
    else this.#failed(newest, outcome.fault)
  }

  /** As the newest credential, and as the one before it where the newest is to blame. */
  async #obtain(job: MintJob): Promise<UpstreamToken> {
    const { rotation } = this.#options
    let first: Fault | undefined
    for (const credential of rotation.candidates()) {
      const outcome = await this.#attempt(credential, job)
      if ('token' in outcome) return outcome.token
      first ??= outcome.fault
      // A credential that has never worked may be why nobody answers: a certificate is refused by silence.
      if (!outcome.refusesCredential && !rotation.isUnproven(credential)) break
      this.#failed(credential, outcome.fault)
    }
    throw first ?? new TypeError('an upstream without a credential')
  }

  /** The token is in the cache, and its credential serves, before anyone goes on. */
  async #attempt(
    credential: Credential,
    { request, subject }: MintJob,
  ): Promise<{ readonly token: UpstreamToken } | Failure> {
    const { cache, rotation, keyOf, upstream, observe } = this.#options
    const asking = { request, subject, credential }
    const order = cache.nextOrder()
    try {
      const answer = await obtainToken(this.#endpoint, asking)
      if ('fault' in answer) return answer
      const token = this.#compared(answer)
      const change = rotation.worked(credential)
      if (change !== undefined) observe({ type: 'credential', upstream, result: change })
      cache.put(keyOf(asking), token, order)
      return { token }
    } catch (error) {
      return { fault: Fault.from(error), refusesCredential: false }
    }
  }

  #compared({ token, difference }: Judged): UpstreamToken {
    const { upstream, strict, observe } = this.#options
    if (difference !== undefined) observe({ type: 'granted-differs', upstream, difference })
    if (difference === undefined || !strict) return token
    const detail =
      'strict: the token endpoint granted other scopes, another audience or another life than asked'
    throw new Fault('mint.invalid-response', { detail })
  }

  #failed(credential: Credential, fault: Fault): void {
    const { rotation, upstream, observe } = this.#options
    if (!rotation.failed(credential, fault)) return
    observe({ type: 'credential', upstream, result: 'refused', detail: fault.detail })
  }

  #ended(reason: MintReason, startedAt: number, result: 'ok' | Fault['code']): void {
    const { upstream, observe } = this.#options
    const now = this.#endpoint.clock.now()
    this.#status = nextStatus(this.#status, result, now)
    observe({ type: 'mint', upstream, result, reason, durationMs: now - startedAt })
  }
}
