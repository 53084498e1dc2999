/**
 * Bytes that arrive piece by piece, seen as one buffer. Room is doubled when it runs out, so that a long message
 * is not copied again with every piece of it. What was seen is never overwritten.
 */
export class GrowingBuffer {
  #room: Buffer = Buffer.alloc(0)
  #start = 0
  #end = 0

  /** What has arrived and was not dropped. */
  get bytes(): Buffer {
    return this.#room.subarray(this.#start, this.#end)
  }

  append(piece: Buffer): void {
    if (this.#end + piece.length > this.#room.length) {
      const held = this.bytes
      this.#room = Buffer.alloc(2 * (held.length + piece.length))
      held.copy(this.#room)
      this.#start = 0
      this.#end = held.length
    }
    this.#end += piece.copy(this.#room, this.#end)
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.#start += count
  }
}
