import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'

const takenOver = new WeakMap<IncomingMessage, Buffer>()

/** Does a request want a WebSocket, however it says so? Taken for a GET, it would go upstream as one. */
export function asksForWebSocket({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.upgrade !== undefined && /(?:^|[\s,])websocket(?:$|[\s,/])/i.test(headers.upgrade)
}

/** Notes that the parser has let go of a request's connection, and what it had read behind the request. */
export function noteTakenOver(req: IncomingMessage, head: Buffer): void {
  takenOver.set(req, head)
}

/** A handshake that was found to be one (RFC 6455 4.2.1). */
export interface Handshake {
  readonly key: string
  /** What the caller has sent behind it. */
  readonly head: Buffer
}

/**
 * Whether a request is one for the operation that it fits: a WebSocket for one that says `websocket: true`, and
 * none for every other.
 *
 * @throws {Fault} `request.unsupported`, `request.malformed`
 */
export function assertProtocol(req: IncomingMessage, isWebSocket: boolean): void {
  if (!isWebSocket) {
    assertNoWebSocket(req)
    return
  }
  if (!asksForWebSocket(req))
    throw new Fault('request.unsupported', { says: 'This operation is a WebSocket.' })
  readHandshake(req)
}

/** @throws {Fault} `request.unsupported` */
export function assertNoWebSocket(req: Pick<IncomingMessage, 'headers'>): void {
  if (asksForWebSocket(req)) throw new Fault('request.unsupported', { says: 'There are no WebSockets here.' })
}

/**
 * Reads a handshake that can only be understood in one way.
 *
 * @throws {Fault} `request.malformed`
 */
export function readHandshake(req: IncomingMessage): Handshake {
  const { headers } = req
  const head = takenOver.get(req)
  const key = headers['sec-websocket-key']
  const isPlain =
    req.method === 'GET' && req.httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket'
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  if (head === undefined || !isPlain || hasBody) throw refused('not a plain WebSocket handshake')
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key))
    throw refused('no Sec-WebSocket-Key of 16 bytes')
  if (headers['sec-websocket-version'] !== '13') throw refused('a version of WebSocket other than 13')
  return { key, head }
}

function refused(detail: string): Fault {
  return new Fault('request.malformed', { detail })
}
