import { Fault } from '@countersign/auth-core'
import { type Delivery, windowMs } from './verify-delivery.ts'

/** Only what was verified is remembered, so nobody but an upstream can fill it. */
const capacity = 200_000

/**
 * Which deliveries have been taken, by signature and by name, for as long as they would pass as fresh: then
 * their time speaks against them. In memory: a restart forgets.
 */
export class SeenDeliveries {
  /** When each key may be forgotten, in milliseconds since the Unix epoch. */
  readonly #until = new Map<string, number>()

  /**
   * Takes a delivery that was not taken before. {@link SeenDeliveries.release} undoes it.
   *
   * @throws {Fault} `webhook.repeated`; `webhook.undeliverable` when more came than can be remembered
   */
  take(delivery: Delivery, now: number): void {
    this.#sweep(now)
    const keys = keysOf(delivery)
    if (keys.some((key) => this.#until.has(key))) throw new Fault('webhook.repeated')
    if (this.#until.size >= capacity) {
      throw new Fault('webhook.undeliverable', { detail: 'more deliveries than can be remembered' })
    }
    for (const key of keys) this.#until.set(key, delivery.sentAt + windowMs)
  }

  /** It was not handed on after all: the upstream may send it again. */
  release(delivery: Delivery): void {
    for (const key of keysOf(delivery)) this.#until.delete(key)
  }

  #sweep(now: number): void {
    // In order of arrival, which is nearly that of age: what is left over goes a little later.
    for (const [key, until] of this.#until) {
      if (until >= now) break
      this.#until.delete(key)
    }
  }
}

function keysOf({ upstream, id, signature }: Delivery): readonly string[] {
  return [JSON.stringify([upstream, 'signature', signature]), JSON.stringify([upstream, 'id', id])]
}
