import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createUpstreamProxy } from '@countersign/gateway/src/forward/upstream-proxy.ts'
import { DataRequest, DataResponse } from '@countersign/gateway/src/listen/data-messages.ts'
import { together } from '@countersign/gateway/src/together.ts'
import express from 'express'
import { type Dispatcher, Pool } from 'undici'
import { announce } from './announce.ts'

// The gateway without its job: nothing is checked, recorded, bounded in time or held back.
const origin = new URL(process.argv[2] ?? '')
const pool = new Pool(origin.origin, { connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
const proxy = createUpstreamProxy(origin, pool)
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

function outgoing(req: IncomingMessage): Dispatcher.DispatchOptions {
  const headers: string[] = []
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at] ?? ''
    if (!hopByHop.has(name.toLowerCase())) headers.push(name, req.rawHeaders[at + 1] ?? '')
  }
  const hasBody = 'content-length' in req.headers || 'transfer-encoding' in req.headers
  const method = (req.method ?? 'GET') as Dispatcher.HttpMethod
  return { method, path: req.url ?? '/', headers, body: hasBody ? req : null }
}

/** Hands the answer on as it comes. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#res.on('drain', () => controller.resume())
    // A caller that went away takes nothing any more; the rest must not keep the connection for ever.
    this.#res.on('close', () => controller.resume())
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    delete headers.connection
    delete headers['keep-alive']
    delete headers['transfer-encoding']
    this.#res.writeHead(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#res.write(chunk) && !this.#res.destroyed) controller.pause()
  }

  onResponseEnd(): void {
    end(this.#res)
  }

  fail(): void {
    this.onResponseError()
  }

  onResponseError(): void {
    this.#res.destroy()
  }
}

// As the gateway does: calls of one turn of the event loop go together.
const end = together((res: ServerResponse) => void res.end())
const start = together((res: DataResponse) => app(res.req, res))

const app = express()
app.disable('x-powered-by')
app.disable('etag')
app.set('query parser', false)
Object.assign(app, { request: DataRequest.prototype, response: DataResponse.prototype })
app.use((req, res) => proxy.send(req, res, { options: outgoing(req), attempt: new Relay(res) }))
const messages = { IncomingMessage: DataRequest, ServerResponse: DataResponse }
announce(createServer({ ...messages, optimizeEmptyRequests: true }, (_req, res) => start(res)))
