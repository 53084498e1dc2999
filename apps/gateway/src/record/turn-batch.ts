/** What is said to each of those who gave something to a batch. */
export interface Batched<Outcome> {
  /** Of the item among those of its batch, counted from 1. */
  readonly number: number
  /** Of the whole batch; settles when it was handed over. */
  readonly outcome: Promise<Outcome>
}

interface Batch<Item, Outcome> {
  readonly items: Item[]
  readonly outcome: Promise<Outcome>
  settle(outcome: Outcome): void
}

/**
 * Gathers what comes in one turn of the event loop and hands it over at once, in the order it came: under load,
 * many requests share what one system call costs; a single one waits for no timer.
 */
export class TurnBatch<Item, Outcome> {
  readonly #handOver: (items: readonly Item[]) => Outcome
  #open: Batch<Item, Outcome> | undefined

  /** @param handOver never throws; what went wrong is part of its outcome */
  constructor(handOver: (items: readonly Item[]) => Outcome) {
    this.#handOver = handOver
  }

  add(item: Item): Batched<Outcome> {
    this.#open ??= this.#begin()
    const { items, outcome } = this.#open
    return { number: items.push(item), outcome }
  }

  /** Hands over now what has come so far. */
  flush(): void {
    const batch = this.#open
    if (batch === undefined) return
    this.#open = undefined
    batch.settle(this.#handOver(batch.items))
  }

  #begin(): Batch<Item, Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const batch = { items: [], outcome: promise, settle: resolve }
    setImmediate(() => {
      if (this.#open === batch) this.flush()
    })
    return batch
  }
}
