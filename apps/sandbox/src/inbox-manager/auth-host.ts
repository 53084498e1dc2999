import type { RequestListener } from 'node:http'
import express, { type ErrorRequestHandler, type Express, type Response } from 'express'
import inject from 'light-my-request'
import { type TokenEndpointFailure, tokenEndpointFailures } from '../token-endpoint-failure.ts'
import { storedSecret } from './authorization-server.ts'
import type { InboxManagerSettings } from './inbox-manager-options.ts'

/** What the token endpoint's host is built from. */
export interface AuthHostParts {
  readonly settings: InboxManagerSettings
  readonly authorizationServer: RequestListener
  /** Called for each token request; a failure it names is what the client gets. */
  readonly admit: () => TokenEndpointFailure | undefined
}

/**
 * The host `auth.`: key set and discovery document straight from the authorization server, and before its
 * token endpoint a thin adaptor, because this vendor takes JSON and an `audience` where the standards have a
 * form and a `resource` (RFC 8707).
 */
export function createAuthHost({ settings, authorizationServer, admit }: AuthHostParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.get(['/.well-known/jwks.json', '/.well-known/openid-configuration'], authorizationServer)
  app.post('/oauth2/token', (_req, res, next) => {
    const failure = admit()
    if (failure === undefined) next()
    else tokenEndpointFailures[failure](res)
  })
  app.post('/oauth2/token', express.json(), async (req, res) => {
    if (!req.is('application/json')) return refuse(res, 'only JSON is accepted', settings.notJsonStatus)
    const form = formOf(req.body, settings)
    if (typeof form === 'string') return refuse(res, form)
    const answer = await inject(authorizationServer, {
      method: 'POST',
      url: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      payload: form.toString(),
    })
    const body = answer.json<Record<string, unknown>>()
    if (!settings.sendsExpiresIn) delete body.expires_in
    if (answer.statusCode === 401) res.set('WWW-Authenticate', 'Basic realm="inbox-manager"')
    res.status(answer.statusCode).set('Cache-Control', 'no-store').json(body)
  })
  app.use((_req, res) => {
    res.status(404).json({ error: 'not_found' })
  })
  app.use(renderBodyError)
  return app
}

/** The vendor's JSON as the standard's form, or what is wrong with it. */
function formOf(body: unknown, { audience }: InboxManagerSettings): URLSearchParams | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'the body is not a JSON object'
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') return `${name} is not text`
    form.set(name, name === 'client_secret' ? storedSecret(value) : value)
  }
  for (const name of ['grant_type', 'client_id', 'client_secret', 'audience']) {
    if (!form.get(name)) return `${name} is required`
  }
  if (form.get('audience') !== audience) return 'audience is not allowed'
  form.delete('audience')
  form.set('resource', audience)
  return form
}

function refuse(res: Response, error_description: string, status = 400): void {
  res.status(status).set('Cache-Control', 'no-store').json({ error: 'invalid_request', error_description })
}

// Express tells an error handler by its four parameters.
const renderBodyError: ErrorRequestHandler = (_error, _req, res, _next) => {
  refuse(res, 'the body is not JSON')
}
