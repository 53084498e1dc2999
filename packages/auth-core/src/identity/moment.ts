import type { Clock } from '../clock.ts'

/** A moment that was noted, and how long ago it is, on a clock that may be set back. */
export class Moment {
  readonly #clock: Clock
  #at: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes this moment, or an earlier one. */
  set(at: number = this.#clock.now()): void {
    this.#at = at
  }

  /** Milliseconds since; `undefined` while nothing is noted, negative after the clock was set back. */
  agoMs(): number | undefined {
    return this.#at === undefined ? undefined : this.#clock.now() - this.#at
  }

  /** Is it less than `ms` ago? Never of a moment to come, so that a clock set back does not freeze anything. */
  isWithin(ms: number): boolean {
    const passed = this.agoMs()
    return passed !== undefined && passed >= 0 && passed < ms
  }
}
