const shown = '[secret]'

/**
 * A value that cannot print itself: `String`, `JSON.stringify`, template literals and `util.inspect` all
 * show `[secret]`. {@link Secret.reveal} is the one way to the value, and easy to search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Call it where the bytes are written, and nowhere else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown
  }
}
