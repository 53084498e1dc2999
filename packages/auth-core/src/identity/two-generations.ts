/**
 * A bounded map that forgets the oldest entries, and whose reads write nothing.
 *
 * New entries go into the young generation; when that is full it becomes the old one, and what was old is
 * forgotten. So the latest entries are kept, of `limit` places and twice as many, at the price of two look-ups
 * and without the bookkeeping of a list that every hit reorders.
 */
export class TwoGenerations<K, V> {
  readonly #limit: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  #taken = 0

  /** @param limit places of one generation */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  /** @param places how many the entry takes, fractions included */
  set(key: K, value: V, places: number): void {
    if (this.#taken >= this.#limit && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
      this.#taken = 0
    }
    if (!this.#young.has(key)) this.#taken += places
    this.#young.set(key, value)
  }

  /** Entries held, those counted twice that were set again after their generation grew old. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
