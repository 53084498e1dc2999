import type { IncomingMessage } from 'node:http'
import type { Fault } from '@countersign/auth-core'

const broken = new WeakMap<IncomingMessage, Fault>()

/**
 * Notes that the rest of a request's body cannot be read, and tells whoever is reading it by `error`, so that
 * the request ends with this fault like with any other: answered, recorded, its connection closed.
 */
export function breakBody(req: IncomingMessage, fault: Fault): void {
  broken.set(req, fault)
  if (req.listenerCount('error') > 0) req.emit('error', fault)
}

/**
 * For whoever begins to read a body: nothing will come of one that broke before.
 *
 * @throws {Fault} the one given to {@link breakBody}
 */
export function assertUnbroken(req: IncomingMessage): void {
  const fault = broken.get(req)
  if (fault) throw fault
}
