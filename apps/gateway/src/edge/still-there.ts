import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '@countersign/auth-core'

/**
 * Whoever called may have hung up while something was waited for: the events that would tell have passed, and
 * a body that will never end would hold its place for minutes. (A request whose body was read is destroyed too.)
 *
 * @throws {Fault} `client.gone`
 */
export function assertStillThere(req: IncomingMessage, res?: ServerResponse): void {
  const hungUp = req.destroyed && !req.readableEnded
  if (hungUp || res?.closed) throw new Fault('client.gone', { detail: 'gone before the call was made' })
}

/** An error of a request's stream: a fault stays itself, anything else is the caller breaking off. */
export function brokenOff(error: unknown): Fault {
  return error instanceof Fault
    ? error
    : new Fault('client.gone', { cause: error, detail: 'the request broke off' })
}
