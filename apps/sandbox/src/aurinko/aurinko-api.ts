import express, { type ErrorRequestHandler, type Express } from 'express'
import type { Gates } from '../gates.ts'
import { tokenEndpointFailures } from '../token-endpoint-failure.ts'
import { accountRoutes } from './account-routes.ts'
import { ApiError, badRequest, notFound } from './api-error.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { type ConsentParts, consentRoutes } from './consent-routes.ts'
import { contactRoutes } from './contact-routes.ts'
import { createCredentials } from './credentials.ts'
import { emailRoutes } from './email-routes.ts'
import { subscriptionRoutes } from './subscription-routes.ts'
import { taskRoutes } from './task-routes.ts'

/** What the host is built from. */
export interface AurinkoApiParts extends Omit<ConsentParts, 'credentials'> {
  readonly gates: Gates
}

/** The one host of Aurinko: the consent, the exchange of its code, and the API. */
export function createAurinkoApi({ gates, ...parts }: AurinkoApiParts): Express {
  const { tables, settings } = parts
  const credentials = createCredentials(tables, settings)
  const data = { tables, settings, credentials }
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.post('/v1/auth/token/:code', (_req, res, next) => {
    const failure = gates.admitToken()
    if (failure === undefined) next()
    else tokenEndpointFailures[failure](res)
  })
  app.use(consentRoutes({ ...parts, credentials }))
  app.use((_req, _res, next) => {
    if (gates.admitApi() < 0) throw new ApiError(429, 'tooManyRequests', 'Too Many Requests')
    next()
  })
  app.use(express.json())
  app.use(accountRoutes(tables, settings, credentials))
  app.use(subscriptionRoutes(tables, settings, credentials))
  app.use(calendarRoutes(data), emailRoutes(data), contactRoutes(data), taskRoutes(data))
  app.use(() => {
    throw notFound(settings.clock.now())
  })
  app.use(renderError)
  return app
}

// Express tells an error handler by its four parameters.
const renderError: ErrorRequestHandler = (thrown, _req, res, _next) => {
  const error = thrown instanceof ApiError ? thrown : fromExpress(thrown)
  if (error.status === 401) res.set('WWW-Authenticate', 'Basic realm="aurinko"')
  res.status(error.status).json(error.body())
}

/** What body parser and router throw is the client's fault, and says so by a status below 500. */
function fromExpress(cause: unknown): ApiError {
  const isTheirs = cause instanceof Error && 'status' in cause && Number(cause.status) < 500
  if (isTheirs) return badRequest(cause.message, { cause })
  return new ApiError(500, 'internalError', 'The sandbox failed', { cause })
}
