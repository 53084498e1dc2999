interface Entry<Value> {
  readonly text: string
  value: Value
  /** Another text with the same {@link bitsOf}. */
  readonly next: Entry<Value> | undefined
  /** How many there are from here on. */
  readonly count: number
}

/** How many texts with the same {@link bitsOf} are compared one by one. */
const most = 4

/**
 * A map for texts that come from outside, and are mostly others than it holds. Asked for such a text, a `Map` makes V8
 * work out a hash of all of it and look for it among every text that the process keeps; this one looks at its end,
 * and compares what it finds to the byte.
 */
export class TextMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>()
  /** Those that share their end with {@link most} others: an API may have names of one length that all end alike. */
  #crowd: Map<string, Entry<Value>> | undefined
  #size = 0

  get size(): number {
    return this.#size
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
    const next = this.#entries.get(bits)
    const count = (next?.count ?? 0) + 1
    const entry = { text, value, next, count }
    this.#size += 1
    if (count <= most) {
      this.#entries.set(bits, entry)
      return
    }
    this.#crowd ??= new Map()
    this.#crowd.set(text, entry)
  }

  #find(text: string): Entry<Value> | undefined {
    let entry = this.#entries.get(bitsOf(text))
    if (entry === undefined) return undefined
    while (entry !== undefined && entry.text !== text) entry = entry.next
    return entry ?? this.#crowd?.get(text)
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
