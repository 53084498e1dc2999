import { Fault } from '../fault.ts'
import type { Grant } from '../policy/grant.ts'
import { CredentialRotation } from './credential-rotation.ts'
import { endpointOf } from './endpoint-of.ts'
import { extraParameterProblem } from './extra-parameters.ts'
import { ForcedBudget } from './forced-budget.ts'
import { isDueForRefresh } from './freshness.ts'
import { type MintJob, Mints } from './mints.ts'
import { type HeldToken, TokenCache } from './token-cache.ts'
import type { TokenEvent } from './token-event.ts'
import { tokenKeys } from './token-key.ts'
import type { TokenSource } from './token-source.ts'
import type { TokenSourceOptions } from './token-source-options.ts'
import type { TokenStatus } from './token-status.ts'
import type { Minted, UpstreamToken } from './upstream-token.ts'

/** A token source that can be asked how it is; neither question ever causes a mint. */
export interface ObservableTokenSource extends TokenSource {
  /** How the latest request to the token endpoint went. */
  status(): TokenStatus
  /** When the first of the tokens held expires, in milliseconds since the Unix epoch; `undefined` without any. */
  soonestExpiry(): number | undefined
}

/**
 * The tokens of one upstream by `client_credentials` (RFC 6749 4.4) or in exchange for callers' own (RFC 8693):
 * asked for once and shared, refreshed while the old one still serves, and never asked for by every call while
 * the endpoint is failing.
 *
 * @throws {TypeError} an endpoint that is not fit for a secret, or an extra parameter that is the gateway's own
 */
export function createTokenSource(options: TokenSourceOptions): ObservableTokenSource {
  for (const name of Object.keys(options.extraParameters)) {
    const problem = extraParameterProblem(name)
    if (problem !== undefined) throw new TypeError(problem)
  }
  return new MintingSource(options)
}

/** Failing and refused keys that are remembered; the policy knows far fewer. */
const capacity = 1000

class MintingSource implements ObservableTokenSource {
  readonly #options: TokenSourceOptions
  readonly #cache: TokenCache
  readonly #mints: Mints
  readonly #budget = new ForcedBudget(capacity)
  readonly #rotation: CredentialRotation
  readonly #keyOf: ReturnType<typeof tokenKeys>
  #waiting = 0

  constructor(options: TokenSourceOptions) {
    const { upstream, strict = false, cache = new TokenCache(), clock } = options
    const endpoint = endpointOf(options)
    this.#options = options
    this.#cache = cache
    this.#rotation = new CredentialRotation(options.credential(), clock)
    this.#keyOf = tokenKeys(endpoint)
    const observe = (event: TokenEvent): void => this.#observe(event)
    this.#mints = new Mints(endpoint, {
      ...{ upstream, cache, strict, capacity, observe },
      ...{ rotation: this.#rotation, keyOf: this.#keyOf },
    })
  }

  mint(grant: Grant): Minted | Promise<Minted> {
    const job = this.#job(grant)
    const now = this.#options.clock.now()
    const held = this.#cache.get(job.key, now)
    if (held === undefined || held.isSetAside) return this.#mintFirst(job, held)
    const isRefreshing = isDueForRefresh(held.token, now) && this.#refresh(job)
    if (!isRefreshing && this.#rotation.isTrialDue) this.#mints.tryNewest(job)
    this.#cached(isRefreshing ? 'refresh' : 'hit')
    return { token: held.token, source: 'cache' }
  }

  async replace(grant: Grant, rejected: UpstreamToken): Promise<Minted> {
    const job = this.#job(grant)
    const now = this.#options.clock.now()
    const held = this.#cache.get(job.key, now)
    if (held !== undefined && !held.isSetAside && held.token !== rejected) {
      this.#replaced('replaced-already')
      return { token: held.token, source: 'cache' }
    }
    const flight = this.#mints.inFlight(job.key)
    if (flight !== undefined) {
      this.#cache.setAside(job.key, rejected)
      this.#replaced('shared')
      return this.#wait(flight, 'shared')
    }
    this.#assertMayForce(job, now)
    this.#cache.setAside(job.key, rejected)
    this.#replaced('minted')
    return this.#wait(this.#mints.start(job, 'replace'), 'endpoint')
  }

  accepted(grant: Grant, token: UpstreamToken): void {
    if (this.#budget.isFull) return
    const { key } = this.#job(grant)
    // A success with an older token says nothing about the ones that were minted since.
    if (this.#cache.get(key, this.#options.clock.now())?.token === token) this.#budget.refill(key)
  }

  status(): TokenStatus {
    return this.#mints.status
  }

  soonestExpiry(): number | undefined {
    return this.#cache.soonestExpiry(this.#options.clock.now())
  }

  /** Nothing good to hand out. A token set aside is better than none while no other can be had. */
  #mintFirst(job: MintJob, setAside: HeldToken | undefined): Minted | Promise<Minted> {
    const flight = this.#mints.inFlight(job.key)
    if (flight !== undefined) {
      this.#cached('shared')
      return this.#wait(flight, 'shared')
    }
    // A changed credential is a reason to ask again at once.
    const failure = this.#rotation.isUntried ? undefined : this.#mints.failure(job.key)
    if (failure === undefined) {
      this.#cached('miss')
      return this.#wait(this.#mints.start(job, 'call'), 'endpoint')
    }
    this.#cached('failure-remembered')
    return setAside === undefined ? Promise.reject(failure) : { token: setAside.token, source: 'cache' }
  }

  /** Fetches the next token while the present one serves. False when that is under way or backing off. */
  #refresh(job: MintJob): boolean {
    if (this.#mints.inFlight(job.key) !== undefined || this.#mints.failure(job.key) !== undefined)
      return false
    // Nobody waits for it: a failure is observed and remembered, and the present token goes on serving.
    this.#mints.start(job, 'refresh').catch(() => undefined)
    return true
  }

  /** Nothing is set aside before this has passed: without a mint ahead, the token held is the best there is. */
  #assertMayForce({ key }: MintJob, now: number): void {
    const failure = this.#mints.failure(key)
    if (failure !== undefined) {
      this.#replaced('failure-remembered')
      throw failure
    }
    const retryAfterSeconds = this.#budget.take(key, now)
    if (retryAfterSeconds === 0) return
    this.#replaced('budget-spent')
    const detail = 'the upstream refused every token of late; no more are minted for it for the moment'
    throw new Fault('mint.rejected-by-upstream', { detail, retryAfterSeconds })
  }

  async #wait(flight: Promise<UpstreamToken>, source: Minted['source']): Promise<Minted> {
    this.#waiters(1)
    try {
      return { token: await flight, source }
    } finally {
      this.#waiters(-1)
    }
  }

  #job({ tokenRequest: request, subject }: Grant): MintJob {
    const { upstream, credential: current } = this.#options
    if (request.upstream !== upstream) {
      throw new TypeError(`A grant for ${request.upstream} was brought to the token source of ${upstream}.`)
    }
    this.#rotation.offer(current())
    const key = this.#keyOf({ request, subject, credential: this.#rotation.serving })
    return { key, request, subject }
  }

  #waiters(change: 1 | -1): void {
    this.#waiting += change
    this.#observe({ type: 'waiters', upstream: this.#options.upstream, waiting: this.#waiting })
  }

  #cached(result: Extract<TokenEvent, { type: 'cache' }>['result']): void {
    this.#observe({ type: 'cache', upstream: this.#options.upstream, result })
  }

  #replaced(result: Extract<TokenEvent, { type: 'replace' }>['result']): void {
    this.#observe({ type: 'replace', upstream: this.#options.upstream, result })
  }

  #observe(event: TokenEvent): void {
    this.#options.observe?.(event)
  }
}
