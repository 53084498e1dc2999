import { randomUUID } from 'node:crypto'
import { Fault } from '@countersign/auth-core'
import express, { type Express, type Router } from 'express'
import { renderFault } from './respond/render-fault.ts'

/**
 * The public listener's application, the one thing that may face the internet: what the routers handed in
 * offer, and nothing else.
 */
export function createPublic(routers: readonly Router[]): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use((_req, res, next) => {
    res.setHeader('x-request-id', randomUUID())
    next()
  })
  for (const router of routers) app.use(router)
  app.use(() => {
    throw new Fault('route.unknown', { says: 'There is nothing here.' })
  })
  app.use(renderFault)
  return app
}
