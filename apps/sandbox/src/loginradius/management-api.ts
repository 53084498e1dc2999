import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { accountContextRoutes } from './account-context-routes.ts'
import { ApiError, errorKinds, TooManyRequests } from './api-error.ts'
import { connectionRoutes } from './connection-routes.ts'
import type { CredentialKind, JudgeCredential } from './credential-judge.ts'
import { domainRoutes } from './domain-routes.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { organizationRoutes } from './organization-routes.ts'
import type { Tables } from './tables.ts'

/** What the API is built from. */
export interface ManagementApiParts {
  readonly tables: Tables
  readonly settings: LoginRadiusSettings
  readonly judge: JudgeCredential
  /** Called before anything else; throws {@link TooManyRequests}. */
  readonly admit: () => void
  /** Told which credential a request went by. */
  readonly seen: (kind: CredentialKind) => void
}

/** The API: nobody gets past the credential check, not even to learn that a path does not exist. */
export function createManagementApi({ tables, settings, judge, admit, seen }: ManagementApiParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.use((_req, _res, next) => {
    admit()
    next()
  })
  app.use(requireCredential(judge, seen))
  app.use(express.json())
  for (const routes of [
    organizationRoutes,
    invitationRoutes,
    domainRoutes,
    connectionRoutes,
    accountContextRoutes,
  ]) {
    app.use(settings.pathPrefix, routes(tables, settings))
  }
  app.use((req) => {
    throw new ApiError(8119, `There is nothing at ${req.path}`)
  })
  app.use(renderError(settings))
  return app
}

function requireCredential(judge: JudgeCredential, seen: ManagementApiParts['seen']): RequestHandler {
  return async (req, _res, next) => {
    const { pathname: path, searchParams } = new URL(req.originalUrl, 'http://sandbox')
    // The vendor's own pages write `apikey`, `Apikey` and `ApiKey`; of two, the first counts (assumed).
    const query = new URLSearchParams([...searchParams].map(([name, value]) => [name.toLowerCase(), value]))
    seen(await judge({ method: req.method, path, headers: req.headers, query }))
    next()
  }
}

function renderError({ body429 }: LoginRadiusSettings): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown, _req, res, _next) => {
    if (thrown instanceof TooManyRequests) {
      res.status(429)
      if (body429 === 'text') res.type('text/plain').send('Too many requests')
      else res.json({ ErrorCode: 429, Message: 'Too many requests', Description: 'Too many requests' })
      return
    }
    const { code, status, message } = thrown instanceof ApiError ? thrown : fromExpress(thrown)
    res.status(status).json({ ErrorCode: code, Message: errorKinds[code].message, Description: message })
  }
}

/** What body parser and router throw is the client's fault, and says so by a status below 500. */
function fromExpress(cause: unknown): ApiError {
  const isTheirs = cause instanceof Error && 'status' in cause && Number(cause.status) < 500
  return isTheirs
    ? new ApiError(7914, cause.message, { cause })
    : new ApiError(7909, 'The sandbox failed', { cause })
}
