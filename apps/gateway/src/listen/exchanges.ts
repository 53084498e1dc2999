import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Fault } from '@countersign/auth-core'
import { breakBody } from '../edge/broken-body.ts'
import { answerUnparsed } from '../respond/parser-error.ts'

interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** The latest request of each connection: what tells where an error of the parser belongs. */
export interface Exchanges {
  /** Notes a request that was parsed and will be answered. */
  begin(req: IncomingMessage, res: ServerResponse): void
  /** Brings an error of the parser to an end that callers, record and earlier answers can live with. */
  fail(socket: Duplex, fault: Fault): void
}

/**
 * An error of the parser comes without a request. It may concern the body of one that is being handled, or
 * whatever came behind it: answering on the bare socket at once would put that answer before, or into the
 * middle of, answers that are due.
 *
 * @param onUnparsed told of each error that belongs to no request, to be counted
 */
export function trackExchanges(onUnparsed: (code: Fault['code']) => void): Exchanges {
  const latest = new WeakMap<Duplex, Exchange>()
  const failed = new WeakSet<Duplex>()

  function answer(socket: Duplex, fault: Fault): void {
    // Ended by the answer before: what comes behind it is nobody's any more.
    if (!socket.writable) return
    onUnparsed(fault.code)
    answerUnparsed(fault, socket)
  }

  return {
    begin(req, res) {
      latest.set(req.socket, { req, res })
      res.once('close', () => {
        if (latest.get(req.socket)?.res === res) latest.delete(req.socket)
      })
    },
    fail(socket, fault) {
      // The parser goes on with whatever else arrives, and fails again.
      if (failed.has(socket)) return
      failed.add(socket)
      const current = latest.get(socket)
      if (current === undefined) answer(socket, fault)
      else if (current.req.complete) current.res.once('close', () => answer(socket, fault))
      else if (!current.res.headersSent) breakBody(current.req, fault)
      else if (!current.res.writableEnded) socket.destroy()
    },
  }
}
