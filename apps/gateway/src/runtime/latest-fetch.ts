import type { Fetch } from '@countersign/auth-core'

/**
 * The way out of one who lives on through reloads, and asks within the bounds of the latest configuration that keeps
 * it. Whoever is not kept goes on with the bounds, authorities and token that it had: they are not another one's.
 */
export class LatestFetch {
  #key: string | undefined
  #present: Fetch | undefined

  /** Made anew where its description has changed. */
  renew(description: unknown, make: () => Fetch): void {
    const key = JSON.stringify(description)
    if (this.#key === key) return
    this.#key = key
    this.#present = make()
  }

  readonly fetch: Fetch = (url, init) => {
    if (this.#present === undefined) throw new TypeError('a way out was taken before it was made')
    return this.#present(url, init)
  }
}
