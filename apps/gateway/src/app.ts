import express, { type Express } from 'express'
import type { Gateway } from './gateway.ts'
import { gatewayHandler } from './handler.ts'
import { renderFault } from './respond/render-fault.ts'

/**
 * The data listener's application: the handler, and the one place that renders what it throws.
 *
 * @param current the gateway of the configuration in force
 */
export function createApp(current: () => Gateway): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(gatewayHandler(current))
  app.use(renderFault)
  return app
}
