/** In milliseconds. */
const windowMs = 60_000

/**
 * Which requests of strangers are put on record. Anybody on the internet can send one, it changes nothing, and a line
 * for each would fill the disk: so many a minute and upstream are written, and the next one says how many were not.
 */
export class LineBudget {
  readonly #lines: number
  readonly #upstreams = new Map<string, { readonly since: number; lines: number; unrecorded: number }>()

  /** @param lines a minute, for each upstream */
  constructor(lines: number) {
    this.#lines = lines
  }

  /**
   * @param now milliseconds since the Unix epoch
   * @returns how many came since the last line, when one is due; otherwise `undefined`
   */
  take(upstream: string, now: number): number | undefined {
    const known = this.#upstreams.get(upstream)
    const isOver = known === undefined || now - known.since >= windowMs
    // A clock that was set back must not make a minute last an hour.
    if (isOver || now < known.since) {
      this.#upstreams.set(upstream, { since: now, lines: 1, unrecorded: 0 })
      return known?.unrecorded ?? 0
    }
    if (known.lines >= this.#lines) {
      known.unrecorded += 1
      return undefined
    }
    known.lines += 1
    return 0
  }
}
