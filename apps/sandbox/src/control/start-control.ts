import express, { type Response, Router } from 'express'
import { type Listener, listen } from '../listener.ts'
import {
  isTokenEndpointFailure,
  type TokenEndpointFailure,
  tokenEndpointFailures,
} from '../token-endpoint-failure.ts'

/** The strings that every upstream of the sandbox has. */
export interface Controllable {
  readonly requestCounts: object
  reset(): void
  revokeTokens(): void
  failTokenEndpoint(failure: TokenEndpointFailure | undefined): void
  limitRequests(remaining: number | undefined): void
}

/** An upstream, and the strings that it alone has. */
export interface ControlledUpstream {
  readonly upstream: Controllable
  readonly own?: Router
}

/**
 * Pulls the strings of a running sandbox over HTTP, so that a person can watch what the gateway makes of it.
 * For each upstream, by name:
 *
 * - `POST /{upstream}/revoke-tokens`
 * - `POST /{upstream}/reset`
 * - `PUT /{upstream}/token-endpoint` with `{"failure":"unavailable"}`, or `{"failure":null}` to repair it
 * - `PUT /{upstream}/limit` with `{"remaining":0}` for 429, or `{"remaining":null}` to lift it
 * - `GET /{upstream}/counts`
 */
export async function startControl(
  upstreams: Readonly<Record<string, ControlledUpstream>>,
  port = 0,
): Promise<Listener> {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.use(express.json())
  for (const [name, { upstream, own }] of Object.entries(upstreams)) {
    app.use(`/${name}`, stringsOf(upstream))
    if (own !== undefined) app.use(`/${name}`, own)
  }
  return await listen(port, () => app)
}

/** The answer to a string that was pulled, or to a value that it cannot take. */
export function answerControl(res: Response, problem?: string): void {
  if (problem === undefined) res.status(204).end()
  else res.status(400).json({ error: problem })
}

function stringsOf(upstream: Controllable): Router {
  const router = Router()
  router.post('/revoke-tokens', (_req, res) => {
    upstream.revokeTokens()
    answerControl(res)
  })
  router.post('/reset', (_req, res) => {
    upstream.reset()
    answerControl(res)
  })
  router.put('/token-endpoint', (req, res) => {
    const failure: unknown = req.body?.failure
    if (failure !== null && !isTokenEndpointFailure(failure)) {
      return answerControl(res, `failure is null or one of ${Object.keys(tokenEndpointFailures).join(', ')}`)
    }
    upstream.failTokenEndpoint(failure ?? undefined)
    answerControl(res)
  })
  router.put('/limit', (req, res) => {
    const remaining: unknown = req.body?.remaining
    if (remaining !== null && !(typeof remaining === 'number' && remaining >= 0)) {
      return answerControl(res, 'remaining is null or a number from 0')
    }
    upstream.limitRequests(remaining ?? undefined)
    answerControl(res)
  })
  router.get('/counts', (_req, res) => {
    res.json(upstream.requestCounts)
  })
  return router
}
