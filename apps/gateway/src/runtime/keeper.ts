/**
 * Keeps things over a reload that did not change: key sets, tokens and connections would otherwise be lost
 * whenever somebody edits a comment.
 */
export class Keeper<Thing> {
  readonly #dispose: (thing: Thing) => void
  #kept = new Map<string, Thing>()
  #next = new Map<string, Thing>()

  constructor(dispose: (thing: Thing) => void = () => {}) {
    this.#dispose = dispose
  }

  /** The thing made of this description, from before if there is one. */
  keep(description: unknown, make: () => Thing): Thing {
    const key = JSON.stringify(description)
    const thing = this.#next.get(key) ?? this.#kept.get(key) ?? make()
    this.#next.set(key, thing)
    return thing
  }

  /** Ends a load: whatever it did not ask for is disposed of. */
  settle(): void {
    for (const [key, thing] of this.#kept) if (!this.#next.has(key)) this.#dispose(thing)
    this.#kept = this.#next
    this.#next = new Map()
  }
}
