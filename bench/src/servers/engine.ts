import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { type Dispatcher, Pool } from 'undici'
import { announce } from './announce.ts'

// The gateway without its job: nothing is checked, recorded, bounded in time or held back.
const origin = new URL(process.argv[2] ?? '')
const pool = new Pool(origin.origin, { connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

const middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
  target: { protocol: origin.protocol, host: origin.hostname, port: origin.port },
  ejectPlugins: true,
  plugins: [
    (proxy) => {
      proxy.web = (req: IncomingMessage, res: ServerResponse) => {
        pool.dispatch(outgoing(req), handlerFor(res))
        return Promise.resolve()
      }
      proxy.on('error', () => {})
    },
  ],
})

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

function handlerFor(res: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      res.on('drain', () => controller.resume())
      // A caller that went away takes nothing any more; the rest must not keep the connection for ever.
      res.on('close', () => controller.resume())
    },
    onResponseStart(_controller, status, headers) {
      delete headers.connection
      delete headers['keep-alive']
      delete headers['transfer-encoding']
      res.writeHead(status, headers)
    },
    onResponseData(controller, chunk) {
      if (!res.write(chunk) && !res.destroyed) controller.pause()
    },
    onResponseEnd() {
      res.end()
    },
    onResponseError() {
      res.destroy()
    },
  }
}

const app = express()
app.disable('x-powered-by')
app.disable('etag')
app.set('query parser', false)
app.use(middleware)
announce(createServer(app))
