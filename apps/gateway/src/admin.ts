import type { RequestListener } from 'node:http'
import { Fault } from '@countersign/auth-core'
import type { Router } from 'express'
import { canonicalOnly } from './edge/canonical-only.ts'
import { createExpress } from './listen/data-messages.ts'
import type { Metrics } from './record/metrics.ts'
import { renderFault } from './respond/render-fault.ts'
import type { Runtime } from './runtime/runtime.ts'

/**
 * The admin listener's application: probes and metrics, open to whoever can reach the listener, and the
 * routers handed in, each of which asks for an operator itself.
 */
export function createAdmin(
  runtime: Runtime,
  metrics: Metrics,
  routers: readonly Router[] = [],
): RequestListener {
  const app = createExpress()
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app.get('/livez', (_req, res) => {
    res.json({ status: 'alive' })
  })
  app.get('/readyz', (_req, res) => {
    const state = runtime.readiness()
    res.status(state.ready ? 200 : 503).json(state)
  })
  app.get('/metrics', async (_req, res) => {
    runtime.measure()
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  for (const router of routers) app.use(router)
  app.use(() => {
    throw new Fault('route.unknown', {
      says: 'The admin listener serves /livez, /readyz and /metrics, and to operators /access/v1 and /connect.',
    })
  })
  app.use(renderFault)
  return canonicalOnly(app)
}
