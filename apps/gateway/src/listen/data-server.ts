import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CallerTimeouts } from '../config/loaded-config.ts'
import { asksForWebSocket, noteTakenOver } from '../edge/websocket.ts'
import { endConnection } from '../respond/end-connection.ts'
import { parserFault } from '../respond/parser-error.ts'
import { together } from '../together.ts'
import { trackConnections } from './close-gracefully.ts'
import { DataRequest, DataResponse } from './data-messages.ts'
import { trackExchanges } from './exchanges.ts'
import type { ListenerTls } from './listener-tls.ts'

/** Limits of the edge; times in milliseconds, sizes in bytes. */
const limits: ServerOptions<typeof DataRequest, typeof DataResponse> = {
  IncomingMessage: DataRequest,
  ServerResponse: DataResponse,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: false, // answered by the edge, like every other bad Host
  insecureHTTPParser: false,
  shouldUpgradeCallback: asksForWebSocket, // any other protocol is not switched to, and its request served
  optimizeEmptyRequests: true, // a body that cannot come needs no stream
}

/** What a server is made of beside the application. */
export interface DataServerOptions {
  /** `undefined`: plain HTTP. */
  readonly tls: ListenerTls | undefined
  readonly timeouts: CallerTimeouts
  /** Told of what never became a request. */
  readonly onUnparsed: (code: string) => void
}

/** The connection is gone, or its sending side: there is nobody to answer. */
const gone: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'])

/**
 * The data listener's server: HTTP/1.1, with TLS when there is a certificate. Every request reaches the
 * application, those included that Node would answer by itself (`Expect`) or drop (`CONNECT`).
 */
export function createDataServer(app: RequestListener, options: DataServerOptions): Server {
  const { tls, timeouts, onUnparsed } = options
  const exchanges = trackExchanges(onUnparsed)
  const start = together((res: DataResponse) => app(res.req, res))
  const handle = (req: IncomingMessage, res: DataResponse): void =>
    exchanges.begin(req, res, () => start(res))
  const bounds = {
    ...limits,
    headersTimeout: timeouts.headMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.idleMs,
  }
  const server = tls
    ? createTlsServer({ ...bounds, ...tls, handshakeTimeout: timeouts.headMs }, handle)
    : createServer(bounds, handle)
  trackConnections(server)
  // Unlimited, since the size of the header section is: a limit by number drops fields without a word.
  server.maxHeadersCount = 0
  server.on('checkExpectation', handle)
  const takeOver = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    noteTakenOver(req, head)
    const res = new DataResponse(req)
    res.shouldKeepAlive = false
    res.once('finish', () => endConnection(socket))
    socket.on('error', () => socket.destroy())
    exchanges.begin(req, res, () => {
      // Not before: the answer to an earlier request may still be on its way.
      res.assignSocket(socket as Socket)
      start(res)
    })
  }
  server.on('connect', takeOver)
  server.on('upgrade', takeOver)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (gone.has(error.code)) socket.destroy()
    else exchanges.fail(socket, parserFault(error))
  })
  return server
}

/**
 * Takes a changed certificate for connections to come; those that exist keep theirs. Whether clients are asked
 * for a certificate is settled at the start.
 */
export function renewCertificate(server: Server, tls: ListenerTls | undefined): void {
  if (tls && server instanceof TlsServer) server.setSecureContext(tls)
}
