interface Entry<Value> {
  readonly text: string
  value: Value
}

/**
 * A map for texts that come with requests. Asked for one that is new, a `Map` makes V8 work out a hash of all of it and
 * look for it among every text that the process keeps; this one looks at its end, and compares what it finds to the byte.
 */
export class TextMap<Value> {
  /** By {@link bitsOf}. */
  readonly #entries = new Map<number, Entry<Value>>()
  /** Whose bits are another text's: an API may have thousands of names of one length that all end alike. */
  #others: Map<string, Entry<Value>> | undefined

  get size(): number {
    return this.#entries.size + (this.#others?.size ?? 0)
  }

  get(text: string): Value | undefined {
    return this.#find(text)?.value
  }

  has(text: string): boolean {
    return this.#find(text) !== undefined
  }

  set(text: string, value: Value): void {
    const known = this.#find(text)
    if (known !== undefined) {
      known.value = value
      return
    }
    const bits = bitsOf(text)
    if (!this.#entries.has(bits)) {
      this.#entries.set(bits, { text, value })
      return
    }
    this.#others ??= new Map()
    this.#others.set(text, { text, value })
  }

  #find(text: string): Entry<Value> | undefined {
    const entry = this.#entries.get(bitsOf(text))
    return entry === undefined || entry.text === text ? entry : this.#others?.get(text)
  }
}

/** 32 bits of the text's end, which for a signed token is its signature. */
function bitsOf(text: string): number {
  const { length } = text
  let bits = length
  for (let at = Math.max(0, length - 8); at < length; at += 1)
    bits = (Math.imul(bits, 31) + text.charCodeAt(at)) | 0
  return bits
}
