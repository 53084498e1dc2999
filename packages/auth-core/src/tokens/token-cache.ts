import { BoundedMap } from '../bounded-map.ts'
import { isUsable } from './freshness.ts'
import type { UpstreamToken } from './upstream-token.ts'

/** A token in the cache. */
export interface HeldToken {
  readonly token: UpstreamToken
  /** Set aside after an upstream's 401: of use only as long as no other can be had. */
  readonly isSetAside: boolean
}

interface Entry extends HeldToken {
  readonly order: number
}

/** The tokens of one upstream, in memory only; may outlive the {@link TokenSource} that fills it. */
export class TokenCache {
  readonly #entries: BoundedMap<Entry>
  #lastOrder = 0

  /** @param capacity how many tokens are held; beyond, the one used least recently goes. Default 1000. */
  constructor(capacity = 1000) {
    this.#entries = new BoundedMap(capacity)
  }

  /** The token under the key while it can still be handed out; one that cannot is forgotten. */
  get(key: string, now: number): HeldToken | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || isUsable(entry.token, now)) return entry
    this.#entries.delete(key)
    return undefined
  }

  /** Taken before a request is sent: tells which of two answers was asked for later. */
  nextOrder(): number {
    this.#lastOrder += 1
    return this.#lastOrder
  }

  /**
   * Keeps a token, unless one that was asked for later is there: an answer that was overtaken may be the
   * token that the later one replaced. Forgets what has expired meanwhile.
   */
  put(key: string, token: UpstreamToken, order: number): void {
    this.#sweep(token.obtainedAt)
    const present = this.#entries.get(key)
    if (present === undefined || present.order < order)
      this.#entries.set(key, { token, order, isSetAside: false })
  }

  /** Sets a token aside, if it is still the one held. */
  setAside(key: string, token: UpstreamToken): void {
    const present = this.#entries.get(key)
    if (present?.token === token) this.#entries.set(key, { ...present, isSetAside: true })
  }

  /** When the first of the held tokens expires, in milliseconds since the Unix epoch. */
  soonestExpiry(now: number): number | undefined {
    this.#sweep(now)
    let soonest: number | undefined
    for (const [, { token }] of this.#entries.entries()) {
      soonest = Math.min(token.expiresAt, soonest ?? token.expiresAt)
    }
    return soonest
  }

  #sweep(now: number): void {
    for (const [key, { token }] of this.#entries.entries()) {
      if (!isUsable(token, now)) this.#entries.delete(key)
    }
  }
}
