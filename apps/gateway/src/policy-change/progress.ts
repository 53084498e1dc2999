/** Milliseconds between two looks. */
const intervalMs = 200

/** A line on standard error that says how far a scan is; silent where nobody watches. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #start = performance.now()
  #shown = 0

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
  }

  /** @param share how much of it is done, 0 to 1, if that is known */
  show(lines: number, share: number | undefined): void {
    const now = performance.now()
    if (!this.#stream.isTTY || now - this.#shown < intervalMs) return
    this.#shown = now
    const rate = Math.round(lines / ((now - this.#start) / 1000))
    const percent = share === undefined ? '' : `  ${Math.floor(share * 100)} %`
    this.#stream.write(`\r\x1b[K${format(lines)} lines  ${format(rate)}/s${percent}`)
  }

  clear(): void {
    if (this.#stream.isTTY && this.#shown > 0) this.#stream.write('\r\x1b[K')
  }
}

function format(value: number): string {
  return value.toLocaleString('en-US')
}
