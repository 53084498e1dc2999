/** A map that forgets what was used least recently when it is full. */
export class BoundedMap<V> {
  readonly #capacity: number
  /** A `Map` iterates in order of insertion; using an entry inserts it anew, so the first is the oldest. */
  readonly #entries = new Map<string, V>()
  /** Used last: while the same one is asked for again and again, there is nothing to move. */
  #newest: string | undefined

  /** @param capacity how many entries it holds at most */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value, which counts as used. */
  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined || key === this.#newest) return value
    this.#entries.delete(key)
    this.#entries.set(key, value)
    this.#newest = key
    return value
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    this.#newest = key
    if (this.#entries.size <= this.#capacity) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Oldest first; entries may be deleted on the way. */
  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries()
  }
}
