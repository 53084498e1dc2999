/** A clock that stands still until a test turns it. Fits every place that takes `{ now() }`. */
export interface ManualClock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Moves the clock on by `ms`; a negative number turns it back, as a corrected system clock would. */
  advance(ms: number): void
  /** Sets the clock to `ms` since the Unix epoch. */
  set(ms: number): void
}

/** A clock that begins at `start` (milliseconds since the epoch; default 2030-01-01T00:00:00Z). */
export function createManualClock(start: number = Date.UTC(2030, 0, 1)): ManualClock {
  let time = start
  return {
    now: () => time,
    advance(ms) {
      time += ms
    },
    set(ms) {
      time = ms
    },
  }
}
