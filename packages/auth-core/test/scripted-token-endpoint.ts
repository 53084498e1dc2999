import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived; the body is the raw text. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the endpoint sends back. `hang: 'body'` never ends the answer, `'headers'` never begins it. */
export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly hang?: 'headers' | 'body'
  readonly reset?: boolean
}

/** A real HTTP server on loopback whose answers a test scripts and whose requests it reads. */
export class ScriptedTokenEndpoint {
  readonly requests: Received[] = []
  /** By default a fresh token per request: `token-1`, `token-2`, … */
  reply: (request: Received) => Reply | Promise<Reply> = () => tokenReply(`token-${this.requests.length}`)
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<ScriptedTokenEndpoint> {
    const server = createServer()
    const endpoint = new ScriptedTokenEndpoint(server)
    server.on('request', async (req, res) => {
      let body = ''
      for await (const chunk of req.setEncoding('utf8')) body += chunk
      const request = { method: req.method ?? '', path: req.url ?? '', headers: req.headers, body }
      endpoint.requests.push(request)
      const reply = await endpoint.reply(request)
      if (reply.reset) return void req.socket.destroy()
      if (reply.hang === 'headers') return
      res.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      if (reply.hang === 'body') return void res.write(reply.body ?? '{')
      res.end(reply.body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return endpoint
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/oauth2/token`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A conforming answer, an hour long, with members changed; one set to `undefined` is left out. */
export function tokenReply(value: string, members: Record<string, unknown> = {}): Reply {
  return {
    body: JSON.stringify({ access_token: value, token_type: 'Bearer', expires_in: 3600, ...members }),
  }
}
