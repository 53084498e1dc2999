import { BoundedMap } from '../bounded-map.ts'

const inARowAllowed = 5
const thenEveryMs = 10_000

interface Spent {
  readonly inARow: number
  readonly lastAt: number
}

/**
 * How often a token may be replaced because the upstream refused it: 5 times in a row, then once in 10 s.
 * An upstream that refuses every token must not make us hammer the token endpoint.
 */
export class ForcedBudget {
  readonly #spent: BoundedMap<Spent>

  /** @param capacity how many keys are remembered */
  constructor(capacity: number) {
    this.#spent = new BoundedMap(capacity)
  }

  /** True when every budget is full, so that there is nothing to refill. */
  get isFull(): boolean {
    return this.#spent.size === 0
  }

  /** Takes one forced mint. Returns 0, or the seconds until one can be taken. */
  take(key: string, now: number): number {
    const { inARow, lastAt } = this.#spent.get(key) ?? { inARow: 0, lastAt: now }
    const waitMs = inARow < inARowAllowed || now < lastAt ? 0 : lastAt + thenEveryMs - now
    if (waitMs > 0) return Math.ceil(waitMs / 1000)
    this.#spent.set(key, { inARow: inARow + 1, lastAt: now })
    return 0
  }

  /** The upstream took a token: the budget of its key is full again. */
  refill(key: string): void {
    this.#spent.delete(key)
  }
}
