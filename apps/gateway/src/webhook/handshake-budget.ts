/** Between two lines about handshakes of one upstream, in milliseconds. */
const betweenLinesMs = 60_000

/**
 * Which handshakes are put on record. Anybody on the internet can ask for one, it changes nothing, and a line for
 * each would fill the disk: one a minute and upstream is written, and says how many were not.
 */
export class HandshakeBudget {
  readonly #upstreams = new Map<string, { readonly lineAt: number; unrecorded: number }>()

  /**
   * @param now milliseconds since the Unix epoch
   * @returns how many came since the last line, when one is due; otherwise `undefined`
   */
  take(upstream: string, now: number): number | undefined {
    const known = this.#upstreams.get(upstream)
    if (known && now - known.lineAt < betweenLinesMs) {
      known.unrecorded += 1
      return undefined
    }
    this.#upstreams.set(upstream, { lineAt: now, unrecorded: 0 })
    return known?.unrecorded ?? 0
  }
}
