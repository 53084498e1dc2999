import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { readBody } from '../authorize/read-body.ts'

const limit = { maxBytes: 1024 * 1024, says: 'A delivery may have 1 MiB.' }

/** Most bytes of deliveries that are held before anybody knows whether they are signed. */
const mostBytes = 16 * 1024 * 1024

interface Arrival {
  bytes: number
  giveUp(): void
}

/**
 * Reads deliveries. Anybody on the internet can begin one and not end it, and its signature covers the last byte:
 * when too much is held, the one that has been arriving for longest is given up.
 */
export class ArrivingDeliveries {
  /** In the order in which they began. */
  readonly #arrivals = new Set<Arrival>()
  #bytes = 0

  /** @throws {Fault} `request.too-large`, `request.timeout` when it is given up, `client.gone`, and what broke it */
  async read(req: IncomingMessage): Promise<Buffer> {
    const { promise: givenUp, reject } = Promise.withResolvers<never>()
    const arrival: Arrival = {
      bytes: 0,
      giveUp() {
        req.pause()
        reject(new Fault('request.timeout', { detail: 'too much arrived at once, and this for longest' }))
      },
    }
    const count = ({ length }: Buffer) => this.#count(arrival, length)
    this.#arrivals.add(arrival)
    try {
      const body = readBody(req, limit)
      req.on('data', count)
      return await Promise.race([body, givenUp])
    } finally {
      req.off('data', count)
      this.#forget(arrival)
    }
  }

  #count(arrival: Arrival, length: number): void {
    if (!this.#arrivals.has(arrival)) return
    arrival.bytes += length
    this.#bytes += length
    for (const oldest of this.#arrivals) {
      if (this.#bytes <= mostBytes) return
      this.#forget(oldest)
      oldest.giveUp()
    }
  }

  #forget(arrival: Arrival): void {
    if (this.#arrivals.delete(arrival)) this.#bytes -= arrival.bytes
  }
}
