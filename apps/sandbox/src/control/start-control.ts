import express from 'express'
import type { InboxManager } from '../inbox-manager/start-inbox-manager.ts'
import { isTokenEndpointFailure, tokenEndpointFailures } from '../inbox-manager/token-endpoint-failure.ts'
import { type Listener, listen } from '../listener.ts'

/**
 * Pulls the strings of a running sandbox over HTTP, so that a person can watch what the gateway makes of it:
 *
 * - `POST /inbox-manager/revoke-tokens`
 * - `POST /inbox-manager/reset`
 * - `PUT /inbox-manager/token-endpoint` with `{"failure":"unavailable"}`, or `{"failure":null}` to repair it
 * - `GET /inbox-manager/counts`
 */
export async function startControl(inboxManager: InboxManager, port = 0): Promise<Listener> {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.post('/inbox-manager/revoke-tokens', (_req, res) => {
    inboxManager.revokeTokens()
    res.status(204).end()
  })
  app.post('/inbox-manager/reset', (_req, res) => {
    inboxManager.reset()
    res.status(204).end()
  })
  app.put('/inbox-manager/token-endpoint', express.json(), (req, res) => {
    const failure: unknown = req.body?.failure
    if (failure !== null && !isTokenEndpointFailure(failure)) {
      res
        .status(400)
        .json({ error: `failure is null or one of ${Object.keys(tokenEndpointFailures).join(', ')}` })
      return
    }
    inboxManager.failTokenEndpoint(failure ?? undefined)
    res.status(204).end()
  })
  app.get('/inbox-manager/counts', (_req, res) => {
    res.json(inboxManager.requestCounts)
  })
  return await listen(port, () => app)
}
