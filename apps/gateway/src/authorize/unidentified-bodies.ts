import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { breakBody } from '../edge/broken-body.ts'
import { type BodyLimit, readBody } from './read-body.ts'

/** Most bytes that all of them together have. */
const mostBytes = 16 * 1024 * 1024

interface Arrival {
  bytes: number
  giveUp(): void
}

/**
 * Reads bodies that must be whole before anybody knows who sent them: a credential is in them, or signs them to
 * the last byte. Anybody can begin one and not end it: when too much is held, the one that has been arriving for
 * longest is given up.
 */
export class UnidentifiedBodies {
  /** In the order in which they began. */
  readonly #arrivals = new Set<Arrival>()
  #bytes = 0

  /** @throws {Fault} `request.too-large`, `request.timeout` when it is given up, `client.gone`, and what broke it */
  async read(req: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
    const arrival: Arrival = {
      bytes: 0,
      giveUp() {
        const detail = 'too much arrived at once, and this for longest'
        breakBody(req, new Fault('request.timeout', { detail }))
      },
    }
    const count = ({ length }: Buffer) => this.#count(arrival, length)
    this.#arrivals.add(arrival)
    try {
      const body = readBody(req, limit)
      req.on('data', count)
      return await body
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
