import type { Fetch } from '@countersign/auth-core'

interface Way {
  readonly key: string
  readonly fetch: Fetch
}

/**
 * Ways out of those who live on through reloads, by name: whoever was given one asks within the bounds of the
 * configuration in force, and keeps what it knows.
 */
export class LatestFetches {
  readonly #ways = new Map<string, Way>()

  /** The way of this name, made anew where its description has changed. */
  take(name: string, description: unknown, make: () => Fetch): Fetch {
    const key = JSON.stringify(description)
    const known = this.#ways.get(name)
    const way = known?.key === key ? known : { key, fetch: make() }
    this.#ways.set(name, way)
    return (url, init) => (this.#ways.get(name) ?? way).fetch(url, init)
  }
}
