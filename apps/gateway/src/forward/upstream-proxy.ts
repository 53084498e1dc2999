import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OwnCertificate } from '@countersign/auth-core'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Dispatcher } from 'undici'

/** One request on its way to an upstream: what is sent, and who takes the answer. */
export interface Outgoing {
  readonly options: Dispatcher.DispatchOptions
  readonly attempt: Dispatcher.DispatchHandler & {
    /** It could not be handed to the engine. */
    fail(error: unknown): void
  }
  /** Shown in the TLS handshake with the upstream. */
  readonly certificate?: OwnCertificate | undefined
}

/** Sends requests to one upstream. */
export interface UpstreamProxy {
  /** Hands the request to the engine, which tells the attempt what becomes of it. */
  send(req: IncomingMessage, res: ServerResponse, outgoing: Outgoing): void
}

/**
 * What the shell is given in place of the caller's request. It looks at two members: the address, of which it
 * would make a URL only to ask a filter that always says yes, and the server behind the socket.
 */
class Granted {
  readonly url = ''
  readonly socket: IncomingMessage['socket']
  readonly outgoing: Outgoing

  constructor(socket: IncomingMessage['socket'], outgoing: Outgoing) {
    this.socket = socket
    this.outgoing = outgoing
  }
}

/**
 * http-proxy-middleware as the shell, undici as the engine.
 *
 * The shell's own engine copies hop-by-hop fields, skips its hooks on `Expect`, opens a connection for every
 * chunked upload and has no replay; so its plugins are left out and `web` is served by `dispatch`, which
 * sends exactly the fields it is given. A token that is bound to a certificate goes through connections that
 * show it (RFC 8705 3). See docs/adr/0002-undici-behind-hpm.md.
 */
export function createUpstreamProxy(
  target: URL,
  dispatcher: Dispatcher,
  withCertificate: (certificate: OwnCertificate) => Dispatcher = () => dispatcher,
): UpstreamProxy {
  const middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target: { protocol: target.protocol, host: target.hostname, port: target.port },
    pathFilter: () => true,
    ejectPlugins: true,
    plugins: [
      function dispatchInsteadOfHttpRequest(proxy) {
        proxy.web = async function web(req) {
          if (!(req instanceof Granted)) throw new TypeError('this request has not been granted')
          const { options, attempt, certificate } = req.outgoing
          const through = certificate === undefined ? dispatcher : withCertificate(certificate)
          through.dispatch(options, attempt)
        }
        // The outcome is reported once, by the attempt; without a listener the emitter would throw it again.
        proxy.on('error', () => {})
      },
    ],
  })

  return {
    send(req, res, outgoing) {
      const failed = (error: unknown) => outgoing.attempt.fail(error)
      const granted = new Granted(req.socket, outgoing) as unknown as IncomingMessage
      middleware(granted, res, failed).catch(failed)
    },
  }
}
