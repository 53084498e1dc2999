/**
 * A bounded map that forgets the oldest entries, and whose reads write nothing.
 *
 * New entries go into the young generation; when that is full it becomes the old one, and what was old is
 * forgotten. So between `limit` and twice as many of the latest entries are kept, at the price of two look-ups
 * and without the bookkeeping of a list that every hit reorders.
 */
export class TwoGenerations<K, V> {
  readonly #limit: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** @param limit entries of one generation */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#limit && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  /** Entries held, those counted twice that were set again after their generation grew old. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
