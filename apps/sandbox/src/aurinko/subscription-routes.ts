import { Router } from 'express'
import type { AurinkoSettings } from './aurinko-options.ts'
import type { Credentials } from './credentials.ts'
import { offsetPage } from './request-content.ts'
import { subscribe, subscriptionOf } from './subscriptions.ts'
import type { Subscription, Tables } from './tables.ts'

/** `/v1/subscriptions` of the account that asks. */
export function subscriptionRoutes(
  tables: Tables,
  settings: AurinkoSettings,
  credentials: Credentials,
): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const now = () => settings.clock.now()

  router.get('/v1/subscriptions', (req, res) => {
    const account = credentials.requireAccount(req)
    const own = [...tables.subscriptions.values()].filter(({ accountId }) => accountId === account.id)
    res.json(offsetPage(own.map(shown), req.query))
  })
  router.post('/v1/subscriptions', async (req, res) => {
    const account = credentials.requireAccount(req)
    res.json(shown(await subscribe(tables, settings, { account, content: req.body })))
  })
  router.get('/v1/subscriptions/:id', (req, res) => {
    const account = credentials.requireAccount(req)
    res.json(shown(subscriptionOf(tables, account, Number(req.params.id), now())))
  })
  router.delete('/v1/subscriptions/:id', (req, res) => {
    const account = credentials.requireAccount(req)
    tables.subscriptions.delete(subscriptionOf(tables, account, Number(req.params.id), now()).id)
    res.status(200).end()
  })
  return router
}

function shown({ accountId: _, ...subscription }: Subscription): Omit<Subscription, 'accountId'> {
  return subscription
}
