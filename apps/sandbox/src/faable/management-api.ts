import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { FaableError, faableErrorStatus } from './faable-error.ts'
import { organizationRoutes } from './organization-routes.ts'
import { plainRoutes, type RouteParts, readingRoutes } from './resource-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { teamRoutes } from './team-routes.ts'
import type { Tenant } from './tenant.ts'
import { userRoutes } from './user-routes.ts'

/** Puts the management API on an app that has its token endpoint and documents already. */
export function addManagementApi(app: Express, parts: RouteParts, admit: () => void): void {
  app.use((_req, _res, next) => {
    admit()
    next()
  })
  // Before the body is read: who may not call learns nothing about it.
  app.use(parts.guard())
  app.use(readJson())
  for (const routes of [
    userRoutes,
    sessionRoutes,
    teamRoutes,
    organizationRoutes,
    plainRoutes,
    readingRoutes,
  ]) {
    app.use(routes(parts))
  }
  app.post('/account/:id', parts.guard('update:accounts'), (req, res) => {
    if (req.params.id !== parts.tenant.accountId)
      throw new FaableError('account_not_found', 'no such account')
    res.json({ ...req.body, id: req.params.id })
  })
  app.use(() => {
    throw new FaableError('not_found', 'there is no such route')
  })
  app.use(renderFaableError(parts.tenant))
}

/** The tenant is the `Host`, or what `x-faableauth-account` says in its place. */
export function requireTenant(tenant: Tenant): RequestHandler {
  return (req, _res, next) => {
    const named = req.headers['x-faableauth-account']
    const isHere = named === undefined ? tenant.isHost(req.headers.host) : named === tenant.accountId
    if (!isHere) throw new FaableError('account_not_found', 'no account has this host')
    next()
  }
}

/** Every error in the vendor's one shape. */
export function renderFaableError({ settings }: Tenant): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown, _req, res, _next) => {
    const error = thrown instanceof FaableError ? thrown : fromExpress(thrown)
    const { code, message, details } = error
    const status = code === 'aud_mismatch' ? settings.audMismatchStatus : faableErrorStatus[code]
    if (status === 401) res.set('WWW-Authenticate', 'Bearer error="invalid_token"')
    if (status === 429) res.set('Retry-After', '1')
    const docs = `https://faable.com/docs/auth/errors#${code}`
    res.status(status).json({ status, message, error_code: code, docs, ...(details && { details }) })
  }
}

function readJson(): RequestHandler {
  const parse = express.json()
  return (req, res, next) => {
    const hasBody =
      req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
    if (hasBody && !req.is('application/json')) {
      throw new FaableError('unsupported_media_type', 'the body is not JSON')
    }
    parse(req, res, next)
  }
}

/** What body parser and router throw is the client's fault, and says so by a status below 500. */
function fromExpress(cause: unknown): FaableError {
  const status = cause instanceof Error && 'status' in cause ? Number(cause.status) : 500
  if (status === 413) return new FaableError('payload_too_large', 'the body is too large', { cause })
  if (status < 500) return new FaableError('bad_request', 'the request is malformed', { cause })
  return new FaableError('internal_error', 'the sandbox failed', { cause })
}
