import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { TlsConfig } from '../config/loaded-config.ts'
import { answerParserError } from '../respond/parser-error.ts'

/** Limits of the edge; times in milliseconds, sizes in bytes. */
const limits: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: true,
  insecureHTTPParser: false,
}

/** The data listener's server: HTTP/1.1, with TLS when there is a certificate. */
export function createDataServer(
  app: RequestListener,
  tls: TlsConfig | undefined,
  onUnparsed: (code: string) => void,
): Server {
  const server = tls ? createTlsServer({ ...limits, ...tlsOptions(tls) }, app) : createServer(limits, app)
  // Unlimited, since the size of the header section is: a limit by number drops fields without a word.
  server.maxHeadersCount = 0
  server.on('clientError', (error, socket) => onUnparsed(answerParserError(error, socket)))
  return server
}

/** Takes a changed certificate for connections to come; those that exist keep theirs. */
export function renewCertificate(server: Server, tls: TlsConfig | undefined): void {
  if (tls && server instanceof TlsServer) server.setSecureContext(tlsOptions(tls))
}

function tlsOptions({ cert, key, clientCa }: TlsConfig) {
  const client = clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: true } : {}
  return { cert, key: key.reveal(), minVersion: 'TLSv1.2' as const, ...client }
}
