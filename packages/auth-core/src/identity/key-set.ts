import { BackOff } from '../back-off.ts'
import type { Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import type { Fetch } from '../fetch.ts'
import { isShortage } from '../shortage.ts'
import { type KeyRing, parseKeyRing } from './key-ring.ts'
import { type KeySource, keySetLoader } from './key-source.ts'
import { Moment } from './moment.ts'
import { quoted } from './quoted.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'
import { parseSpiffeBundle } from './spiffe-bundle.ts'

/** The keys of one issuer, kept up to date by being used: there is no timer. */
export interface KeySet {
  /**
   * The keys to verify with now. Synchronous while the set can be used; a set past its freshness is used on
   * while it is refreshed in the background.
   *
   * @throws {Fault} `identity.keys-unavailable` there is no set, or it is too stale, and it cannot be obtained;
   * `gateway.exhausted` the same, but the issuer could not even be asked
   */
  current(): KeyRing | Promise<KeyRing>
  /**
   * A set other than `seen`, for a token that none of its keys verifies. Asks at most once per cooldown,
   * whatever the number of tokens; `undefined` when there is nothing newer or it may not be asked for yet.
   */
  newerThan(seen: KeyRing): Promise<KeyRing | undefined>
  /** Does the present set, if it can be used without waiting, still hold the key with this id? */
  holds(keyId: string): boolean
  /** Starts a refresh in the background where one is due, and returns at once. */
  refreshIfDue(): void
  /** Can tokens be verified without asking the issuer first? */
  isUsable(): boolean
  /** Milliseconds since the set in use was asked for; `undefined` before the first. */
  ageMs(): number | undefined
  /** `identity.keys-unavailable` or `gateway.exhausted` with the reason, while the last attempt to obtain the set has failed. */
  failure(): Fault | undefined
}

/** What a key set is made of. Durations have defaults that suit its source. */
export interface KeySetOptions {
  /** The issuer's name in the configuration, for messages. */
  readonly issuer: string
  readonly source: KeySource
  /** Default: `jwks`. */
  readonly form?: 'jwks' | 'spiffe-bundle'
  /** Keys that fit none of these are left out. */
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly clock: Clock
  /** Bounds time and size, knows the issuer's CA, and adds the credential where the key set asks for one. */
  readonly fetch: Fetch
  /** How long a set is used before it is asked for again: what it says itself, 600, or 10 when given as text. */
  readonly freshForSeconds?: number
  /** How long after that it is used while it cannot be obtained: 3600. */
  readonly staleForSeconds?: number
  /** Between two questions because of tokens that no key verifies: 30, or 1 when given as text. */
  readonly cooldownSeconds?: number
}

/**
 * Keeps the key set of an issuer: one request at a time, failures backed off as {@link BackOff} says.
 *
 * @throws {TypeError} an address of the source is not allowed
 */
export function createKeySet(options: KeySetOptions): KeySet {
  return new CachedKeySet(options)
}

class CachedKeySet implements KeySet {
  readonly #options: KeySetOptions
  readonly #load: () => Promise<string>
  readonly #parse: typeof parseKeyRing
  readonly #staleForMs: number
  readonly #cooldownMs: number
  readonly #loaded: Moment
  readonly #asked: Moment
  readonly #searched: Moment
  readonly #backOff = new BackOff(1)
  #ring: KeyRing | undefined
  #text: string | undefined
  #flight: Promise<KeyRing> | undefined
  #freshForMs: number
  /** Of the last attempt; how long the next one has to wait, `#backOff` knows. */
  #failure: Fault | undefined

  constructor(options: KeySetOptions) {
    const cheap = options.source.kind === 'given'
    this.#options = options
    this.#load = keySetLoader(options.source, options.fetch)
    this.#parse = options.form === 'spiffe-bundle' ? parseSpiffeBundle : parseKeyRing
    this.#freshForMs = (options.freshForSeconds ?? (cheap ? 10 : 600)) * 1000
    this.#staleForMs = (options.staleForSeconds ?? 3600) * 1000
    this.#cooldownMs = (options.cooldownSeconds ?? (cheap ? 1 : 30)) * 1000
    this.#loaded = new Moment(options.clock)
    this.#asked = new Moment(options.clock)
    this.#searched = new Moment(options.clock)
  }

  current(): KeyRing | Promise<KeyRing> {
    const ring = this.#usable()
    if (ring === undefined) {
      if (this.#isBackingOff()) throw this.failure()
      return this.#refresh()
    }
    if (this.#isIdle()) return this.#refresh().catch(() => ring)
    this.refreshIfDue()
    return ring
  }

  async newerThan(seen: KeyRing): Promise<KeyRing | undefined> {
    if (this.#ring === seen && this.#maySearch()) await this.#refresh().catch(() => undefined)
    const ring = this.#usable()
    return ring === seen ? undefined : ring
  }

  holds(keyId: string): boolean {
    return !this.#isIdle() && this.#usable()?.holds(keyId) === true
  }

  refreshIfDue(): void {
    if (this.#loaded.isWithin(this.#freshForMs) || this.#flight !== undefined || this.#isBackingOff()) return
    this.#refresh().catch(() => undefined)
  }

  isUsable(): boolean {
    return this.#usable() !== undefined
  }

  ageMs(): number | undefined {
    const ago = this.#loaded.agoMs()
    return ago && Math.max(0, ago)
  }

  failure(): Fault | undefined {
    return this.#backOff.remembered('', this.#options.clock.now()) ?? this.#failure
  }

  #usable(): KeyRing | undefined {
    return (this.#loaded.agoMs() ?? 0) < this.#freshForMs + this.#staleForMs ? this.#ring : undefined
  }

  /**
   * Nobody has needed the set for so long that it is out of date without the issuer being down: then callers
   * wait for a new one once, so that a key removed meanwhile does not verify. What has been asked for in time
   * and does not come is no idleness, and nobody has to wait for it.
   */
  #isIdle(): boolean {
    const waitedMs = this.#flight === undefined ? 0 : (this.#asked.agoMs() ?? 0)
    return this.#failure === undefined && (this.#loaded.agoMs() ?? 0) - waitedMs >= 2 * this.#freshForMs
  }

  #isBackingOff(): boolean {
    return this.#flight === undefined && this.#backOff.holds('', this.#options.clock.now())
  }

  #maySearch(): boolean {
    if (this.#flight !== undefined) return true
    const wasAsked = this.#failure?.code !== 'gateway.exhausted'
    if ((wasAsked && this.#searched.isWithin(this.#cooldownMs)) || this.#isBackingOff()) return false
    this.#searched.set()
    return true
  }

  #refresh(): Promise<KeyRing> {
    this.#flight ??= this.#obtain().finally(() => {
      this.#flight = undefined
    })
    return this.#flight
  }

  async #obtain(): Promise<KeyRing> {
    const askedAt = this.#options.clock.now()
    this.#asked.set(askedAt)
    try {
      const text = await this.#load()
      const unchanged = text === this.#text ? this.#ring : undefined
      const ring = unchanged ?? (await this.#parse(text, this.#options.algorithms))
      this.#ring = ring
      if (this.#options.freshForSeconds === undefined && ring.freshForSeconds !== undefined) {
        this.#freshForMs = ring.freshForSeconds * 1000
      }
      this.#text = text
      this.#loaded.set(askedAt)
      this.#failure = undefined
      this.#backOff.forget('')
      return ring
    } catch (cause) {
      this.#failure = this.#unavailable(cause)
      throw this.#backOff.remember('', this.#failure, this.#options.clock.now())
    }
  }

  #unavailable(cause: unknown): Fault {
    const reason = cause instanceof Error ? quoted(cause.message) : 'an unknown failure'
    return new Fault(isShortage(cause) ? 'gateway.exhausted' : 'identity.keys-unavailable', {
      detail: `the keys of issuer ${quoted(this.#options.issuer)} cannot be obtained: ${reason}`,
      retryAfterSeconds: 1,
      cause,
    })
  }
}
