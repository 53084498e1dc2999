/** Work in progress, one piece per key. Nothing is kept of it when it is over, least of all an error. */
export class Flights<V> {
  readonly #inFlight = new Map<string, Promise<V>>()

  get(key: string): Promise<V> | undefined {
    return this.#inFlight.get(key)
  }

  /**
   * Starts work under a key that has none in progress. It runs to its end whoever waits: a caller that
   * went away must not take the token of the others with it.
   */
  start(key: string, work: () => Promise<V>): Promise<V> {
    const flight = work().finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, flight)
    return flight
  }
}
