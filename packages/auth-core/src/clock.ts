/** The only source of time in this package; the caller supplies it, a test turns it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
}
