import { randomBytes } from 'node:crypto'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { accountRoutes } from './account-routes.ts'
import { ApiError, apiErrorStatus } from './api-error.ts'
import type { JudgeBearer } from './bearer-token.ts'
import type { InboxManagerSettings } from './inbox-manager-options.ts'
import { memberRoutes } from './member-routes.ts'
import type { Tables } from './tables.ts'
import { userRoutes } from './user-routes.ts'

/** What the admin API is built from. */
export interface AdminApiParts {
  readonly tables: Tables
  readonly settings: InboxManagerSettings
  readonly judgeBearer: JudgeBearer
  /** Called before anything else; throws `rate_limited` when it is too much. */
  readonly admit: () => void
}

/** The admin API: nobody gets past the token check, not even to learn that a path does not exist. */
export function createAdminApi({ tables, settings, judgeBearer, admit }: AdminApiParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.use((_req, _res, next) => {
    admit()
    next()
  })
  app.use(requireBearer(judgeBearer))
  app.use(express.json())
  app.use(userRoutes(tables, settings))
  app.use(accountRoutes(tables, settings))
  app.use(memberRoutes(tables, settings))
  app.use(() => {
    throw new ApiError('not_found', 'there is no such route')
  })
  app.use(renderError)
  return app
}

function requireBearer(judge: JudgeBearer): RequestHandler {
  return async (req, _res, next) => {
    await judge(req.headers.authorization)
    next()
  }
}

// Express tells an error handler by its four parameters.
const renderError: ErrorRequestHandler = (thrown, _req, res, _next) => {
  const error = thrown instanceof ApiError ? thrown : fromExpress(thrown)
  const request_id = `req_${randomBytes(8).toString('hex')}`
  if (error.code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer error="invalid_token"')
  if (error.code === 'rate_limited') res.set('Retry-After', '1')
  res
    .status(apiErrorStatus[error.code])
    .json({ error: { code: error.code, message: error.message, request_id } })
}

/** What body parser and router throw is the client's fault, and says so by a status below 500. */
function fromExpress(cause: unknown): ApiError {
  const isTheirs = cause instanceof Error && 'status' in cause && Number(cause.status) < 500
  if (isTheirs) return new ApiError('invalid_request', cause.message, { cause })
  return new ApiError('internal', 'the sandbox failed', { cause })
}
