import type { RequestListener } from 'node:http'
import { Fault } from '@countersign/auth-core'
import type { Router } from 'express'
import { canonicalOnly } from './edge/canonical-only.ts'
import { createExpress } from './listen/data-messages.ts'
import { renderFault } from './respond/render-fault.ts'

/**
 * The public listener's application, the one thing that may face the internet: what the routers handed in
 * offer, and nothing else.
 */
export function createPublic(routers: readonly Router[]): RequestListener {
  const app = createExpress()
  app.set('query parser', false)
  for (const router of routers) app.use(router)
  app.use(() => {
    throw new Fault('route.unknown', { says: 'There is nothing here.' })
  })
  app.use(renderFault)
  return canonicalOnly(app)
}
