import { TextMap } from '../text-map.ts'

/**
 * A bounded map of texts that forgets the oldest entries, and whose reads write nothing.
 *
 * New entries go into the young generation; when that is full it becomes the old one, and what was old is
 * forgotten. So the latest entries are kept, of `limit` places and twice as many, at the price of two look-ups
 * and without the bookkeeping of a list that every hit reorders.
 */
export class TwoGenerations<Value> {
  readonly #limit: number
  #young = new TextMap<Value>()
  #old = new TextMap<Value>()
  #taken = 0

  /** @param limit places of one generation */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(text: string): Value | undefined {
    return this.#young.get(text) ?? this.#old.get(text)
  }

  /** @param places how many the entry takes, fractions included */
  set(text: string, value: Value, places: number): void {
    if (this.#taken >= this.#limit && !this.#young.has(text)) {
      this.#old = this.#young
      this.#young = new TextMap()
      this.#taken = 0
    }
    if (!this.#young.has(text)) this.#taken += places
    this.#young.set(text, value)
  }

  /** Entries held, those counted twice that were set again after their generation grew old. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
