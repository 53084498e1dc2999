import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Fault } from '@countersign/auth-core'
import { breakBody } from '../edge/broken-body.ts'
import { answerUnparsed } from '../respond/parser-error.ts'

const latest = Symbol('latest exchange')
const waiting = Symbol('requests that wait')

/** Requests that may wait behind another one on a connection; whoever sends more of them at once is cut off. */
const mostWaiting = 256
/** Most bytes that they may hold, and what a name or a value takes beside its own; the first one waits in any case. */
const mostBytes = 2 * 1024 * 1024
const bytesOfText = 32

/** Holds its latest answer itself: a weak map would be written on every request, and swept by every collection. */
interface Connection extends Duplex {
  [latest]?: ServerResponse
  /** By request, what its header section holds. */
  [waiting]?: Map<IncomingMessage, number>
}

/** The requests of each connection, one at a time; the latest tells where an error of the parser belongs. */
export interface Exchanges {
  /**
   * Takes a request that was parsed, and starts it when the one before it on the connection has been answered;
   * never when that answer ended the connection, since then nobody would hear of it.
   */
  begin(req: IncomingMessage, res: ServerResponse, start: () => void): void
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
    begin(req, res, start) {
      const connection: Connection = req.socket
      const before = connection[latest]
      connection[latest] = res
      if (before === undefined || before.closed) start()
      else startAfter(before, req, start)
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

/** For the few who send a request before they have their answer to another. */
function startAfter(before: ServerResponse, req: IncomingMessage, start: () => void): void {
  const connection: Connection = req.socket
  connection[waiting] ??= new Map()
  const queue = connection[waiting]
  if (queue.size >= mostWaiting || (queue.size > 0 && bytesOf(queue) + headBytes(req) > mostBytes)) {
    connection.destroy()
    return
  }
  queue.set(req, headBytes(req))
  // In the context of this request, where an instrumented server has put its span, and not of the one before.
  const startInContext = AsyncLocalStorage.bind(start)
  before.once('close', () => {
    queue.delete(req)
    if (connection.writable) startInContext()
  })
}

/** With their bodies: but for the latest, they have been read to their end. */
function bytesOf(queue: ReadonlyMap<IncomingMessage, number>): number {
  let bytes = 0
  for (const [{ readableLength }, head] of queue) bytes += readableLength + head
  return bytes
}

function headBytes({ url = '', rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((bytes, text) => bytes + text.length, url.length + rawHeaders.length * bytesOfText)
}
