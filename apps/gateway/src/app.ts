import type { RequestListener } from 'node:http'
import express from 'express'
import type { Gateway } from './gateway.ts'
import { gatewayHandler } from './handler.ts'
import { renderFault } from './respond/render-fault.ts'

/**
 * The data listener's application: the handler, and the one place that renders what it throws.
 *
 * @param current the gateway of the configuration in force
 */
export function createApp(current: () => Gateway): RequestListener {
  const handle = gatewayHandler(current)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(handle)
  app.use(renderFault)
  return function answer(req, res) {
    if (req.url?.startsWith('/')) app(req, res)
    // Express routes paths only. What is none, as in CONNECT or absolute-form, is judged and recorded as well.
    else handle(req, res).catch((error: unknown) => renderFault(error, req, res))
  }
}
