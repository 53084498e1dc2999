import {
  IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import express, { type Express } from 'express'
import { cutWhenStalled } from '../respond/cut-when-stalled.ts'

/**
 * Requests and answers of every listener, born with Express's prototypes. Express puts its own under every message
 * that it is given; one that has them already keeps its shape, which all code behind it is compiled for. Saves about
 * 5 % of a small GET.
 */
export class DataRequest extends IncomingMessage {
  /**
   * A caller may send 64 KiB of a body before anyone reads it, and in pieces of a byte, each of which takes 400 as a
   * buffer of its own: what is short is put together, as long as it waits behind something else.
   */
  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    const waits = this.readableFlowing !== true && this.readableLength > 0
    if (waits && piece !== null && piece.length < shortPiece) return gather(this, piece)
    handOver(this)
    return super.push(piece, encoding)
  }

  override resume(): this {
    handOver(this)
    return super.resume()
  }

  override _read(size: number): void {
    handOver(this)
    super._read(size)
  }
}

/** In bytes. */
const shortPiece = 512
const roomForPieces = 4 * 1024
const gathered = Symbol('short pieces of a body, put together')

/** Only of those whose bodies come like this: everybody else's keep their shape. */
interface Gathering extends IncomingMessage {
  [gathered]?: { readonly bytes: Buffer; length: number } | undefined
}

function gather(req: Gathering, piece: Buffer): boolean {
  if ((req[gathered]?.length ?? 0) + piece.length > roomForPieces) handOver(req)
  req[gathered] ??= { bytes: Buffer.allocUnsafeSlow(roomForPieces), length: 0 }
  const room = req[gathered]
  room.length += piece.copy(room.bytes, room.length)
  return req.readableLength < req.readableHighWaterMark
}

function handOver(req: Gathering): void {
  const room = req[gathered]
  if (room === undefined) return
  req[gathered] = undefined
  IncomingMessage.prototype.push.call(req, room.bytes.subarray(0, room.length))
}

/** See {@link DataRequest}. Whatever is answered, and by whom, is answered through here. */
export class DataResponse extends ServerResponse {
  /**
   * A server that no longer listens ends its connections with their answers. It says so, or else callers would send
   * their next request into a connection that is about to close, and could not know whether it was served.
   */
  override writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
    if (serverOf(this)?.listening === false) this.shouldKeepAlive = false
    return super.writeHead(status, reason as string, fields)
  }

  /** Nobody is waited for longer than a connection may be idle. An upstream's answer has a bound of its own. */
  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    super.end(chunk, encoding as BufferEncoding, callback as () => void)
    const server = serverOf(this)
    if (server) cutWhenStalled(this, server.keepAliveTimeout)
    return this
  }
}

/** A request that was destroyed has no socket any more, and an answer behind another one has none yet. */
function serverOf({ socket, req }: ServerResponse): Server | undefined {
  const connection = (socket ?? req.socket) as (Socket & { server?: Server }) | null
  return connection?.server
}

type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[]

Object.setPrototypeOf(DataRequest.prototype, express.request)
// Express makes these for every answer, for templates to find values in. Nobody has any here.
Object.defineProperty(DataResponse.prototype, 'locals', { value: Object.freeze(Object.create(null)) })
Object.setPrototypeOf(DataResponse.prototype, express.response)

/** An Express application whose answers are {@link DataResponse}s still: Express would put its own in their place. */
export function createExpress(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  Object.setPrototypeOf(app.response, DataResponse.prototype)
  return app
}
