/** What JSON can say. Objects have no prototype; objects and arrays are frozen. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object: `__proto__` and `constructor` are members like any other. */
export interface JsonObject {
  readonly [member: string]: Json
}

/** What {@link parseStrictJson} puts up with. */
export interface StrictJsonOptions {
  /** How deep arrays and objects may nest; 64 unless given. Deeper values break whoever prints or clones them. */
  readonly maxDepth?: number
}

/**
 * Parses JSON that can be read in one way only (I-JSON, RFC 7493), in time linear in its length.
 *
 * `JSON.parse` lets the last of two equal members win, where another parser takes the first: whoever judges
 * the text and whoever acts on it then see different values.
 *
 * @throws {SyntaxError} besides everything that is not JSON, on members that are equal after unescaping, a byte
 * order mark, lone surrogates, numbers that are not finite, too much depth. The message never quotes the text.
 */
export function parseStrictJson(text: string, options: StrictJsonOptions = {}): Json {
  if (!text.isWellFormed()) throw new SyntaxError('the text has a lone surrogate')
  return new Reader(text, options.maxDepth ?? 64).document()
}

/** Is this value an object, neither an array nor null? */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const quote = 0x22
const backslash = 0x5c
const firstPrintable = 0x20
const numberAhead = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** A recursive descent over one text; `#at` is the only thing that moves. */
class Reader {
  readonly #text: string
  readonly #maxDepth: number
  #at = 0
  #depth = 0

  constructor(text: string, maxDepth: number) {
    this.#text = text
    this.#maxDepth = maxDepth
  }

  document(): Json {
    const value = this.#value()
    if (this.#peek() !== '') throw this.#fault('more than one value')
    return value
  }

  #value(): Json {
    switch (this.#peek()) {
      case '{':
        return this.#object()
      case '[':
        return this.#array()
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(): JsonObject {
    // Without a prototype, `__proto__` is an ordinary member and `in` sees own members only. Made in this way it is as
    // small and quick as any other object; `Object.create(null)` makes a hash table.
    const object: Record<string, Json> = Object.setPrototypeOf({}, null)
    this.#enter()
    let more = this.#peek() !== '}'
    while (more) {
      if (this.#peek() !== '"') throw this.#fault('a member without a name')
      const name = this.#string()
      if (name in object) throw this.#fault('a duplicate member')
      if (this.#peek() !== ':') throw this.#fault('a member without a value')
      this.#at += 1
      object[name] = this.#value()
      more = this.#another()
    }
    this.#leave('}')
    return Object.freeze(object)
  }

  #array(): readonly Json[] {
    const array: Json[] = []
    this.#enter()
    let more = this.#peek() !== ']'
    while (more) {
      array.push(this.#value())
      more = this.#another()
    }
    this.#leave(']')
    return Object.freeze(array)
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > this.#maxDepth) throw this.#fault('too much nesting')
    this.#at += 1
  }

  #another(): boolean {
    if (this.#peek() !== ',') return false
    this.#at += 1
    return true
  }

  #leave(bracket: string): void {
    if (this.#peek() !== bracket) throw this.#fault('a missing comma or bracket')
    this.#depth -= 1
    this.#at += 1
  }

  #string(): string {
    const start = this.#at
    let escaped = false
    let code = this.#text.charCodeAt(++this.#at)
    while (code !== quote) {
      // The end of the text gives NaN, which is not printable either.
      if (!(code >= firstPrintable)) throw this.#fault('an unterminated string')
      if (code === backslash) {
        escaped = true
        this.#at += 1
      }
      code = this.#text.charCodeAt(++this.#at)
    }
    this.#at += 1
    return escaped ? this.#unescape(start) : this.#text.slice(start + 1, this.#at - 1)
  }

  #unescape(start: number): string {
    let value: string
    try {
      value = JSON.parse(this.#text.slice(start, this.#at))
    } catch {
      // Its message quotes the text.
      throw this.#fault('an unknown escape')
    }
    if (!value.isWellFormed()) throw this.#fault('a lone surrogate')
    return value
  }

  #number(): number {
    numberAhead.lastIndex = this.#at
    if (!numberAhead.test(this.#text)) throw this.#fault('no value')
    const number = Number(this.#text.slice(this.#at, numberAhead.lastIndex))
    this.#at = numberAhead.lastIndex
    if (!Number.isFinite(number)) throw this.#fault('a number out of range')
    return number
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fault('no value')
    this.#at += word.length
    return value
  }

  /** The next character that is not white space, or an empty string at the end. */
  #peek(): string {
    while (isWhitespace(this.#text.charCodeAt(this.#at))) this.#at += 1
    return this.#text.charAt(this.#at)
  }

  #fault(found: string): SyntaxError {
    return new SyntaxError(`there is ${found} at position ${this.#at}`)
  }
}

/** The four characters that may stand between values (RFC 8259 2). */
function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}
