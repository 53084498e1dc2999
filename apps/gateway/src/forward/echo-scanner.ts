import type { Spelling } from './secret-spellings.ts'

/** What stands in place of each byte that was taken out: the length stays, and so does the framing. */
const mask = 0x2a // *

/** Finds secrets in a stream of bytes and masks them in place, also where pieces of the stream cut them in two. */
export class EchoScanner {
  readonly #spellings: readonly Spelling[]
  #held: Buffer | undefined
  /** Whether anything was found so far. */
  found = false

  constructor(spellings: readonly Spelling[]) {
    this.#spellings = spellings
  }

  /**
   * The bytes that can be handed on: all but an end that may be the beginning of a secret.
   *
   * @param isLast nothing follows, so nothing is held back
   */
  take(chunk: Buffer, isLast: boolean): Buffer {
    const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = undefined
    for (const spelling of this.#spellings) {
      if (bytes.length >= spelling.bytes.length) this.#mask(bytes, spelling.bytes)
    }
    const keep = isLast ? 0 : this.#begun(bytes)
    if (keep === 0) return bytes
    this.#held = bytes.subarray(bytes.length - keep)
    return bytes.subarray(0, bytes.length - keep)
  }

  /** Whether the last piece ended in what may be the beginning of a secret. */
  get isHolding(): boolean {
    return this.#held !== undefined
  }

  /** What was held back, when nothing followed. */
  rest(): Buffer | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  #mask(bytes: Buffer, spelling: Buffer): void {
    for (let at = bytes.indexOf(spelling); at !== -1; at = bytes.indexOf(spelling, at + spelling.length)) {
      bytes.fill(mask, at, at + spelling.length)
      this.found = true
    }
  }

  /** Length of the longest end that some secret begins with. */
  #begun(bytes: Buffer): number {
    let longest = 0
    for (const { bytes: spelling } of this.#spellings) {
      for (let length = Math.min(spelling.length - 1, bytes.length); length > longest; length -= 1) {
        const at = bytes.length - length
        if (bytes[at] === spelling[0] && bytes.compare(spelling, 0, length, at) === 0) longest = length
      }
    }
    return longest
  }
}
