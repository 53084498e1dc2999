import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Fault } from '@countersign/auth-core'
import { breakBody } from '../edge/broken-body.ts'
import { answerUnparsed } from '../respond/parser-error.ts'

const latest = Symbol('latest exchange')

/** Holds its latest answer itself: a weak map would be written on every request, and swept by every collection. */
interface Connection extends Duplex {
  [latest]?: ServerResponse
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
  const failed = new WeakSet<Duplex>()

  function answer(socket: Duplex, fault: Fault): void {
    // Ended by the answer before: what comes behind it is nobody's any more.
    if (!socket.writable) return
    onUnparsed(fault.code)
    answerUnparsed(fault, socket)
  }

  return {
    begin(req, res) {
      ;(req.socket as Connection)[latest] = res
    },
    fail(socket, fault) {
      // The parser goes on with whatever else arrives, and fails again.
      if (failed.has(socket)) return
      failed.add(socket)
      const res = (socket as Connection)[latest]
      if (res === undefined || res.closed) answer(socket, fault)
      else if (res.req.complete) res.once('close', () => answer(socket, fault))
      else if (!res.headersSent) breakBody(res.req, fault)
      else if (!res.writableEnded) socket.destroy()
    },
  }
}
