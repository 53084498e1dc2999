import express, { type ErrorRequestHandler, type Express } from 'express'
import { BearerRefusal, type VerifyBearer } from '../bearer-verifier.ts'
import { AuthActionError, authActionPhrases } from './authaction-error.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { resourceRoutes } from './resource-routes.ts'
import { roleRoutes } from './role-routes.ts'
import type { Tenant } from './tenant.ts'

/** What the management API is built from. */
export interface ManagementApiParts {
  readonly tenant: Tenant
  readonly verify: VerifyBearer
  /** Called before anything else. @returns how many more requests are admitted now: -1 is one too many */
  readonly admit: () => number
}

/** Puts the management API on an app that has its token endpoint already. */
export function addManagementApi(app: Express, { tenant, verify, admit }: ManagementApiParts): void {
  app.use(async (req, res, next) => {
    const remaining = admit()
    if (Number.isFinite(remaining)) {
      res.set('x-ratelimit-limit', '60').set('x-ratelimit-remaining', String(Math.max(remaining, 0)))
      res.set('x-ratelimit-reset', String(Math.ceil(Date.now() / 1000) + 1))
    }
    if (remaining < 0) throw new AuthActionError(429)
    await judge(req.headers.authorization, tenant, verify)
    next()
  })
  app.use(express.json())
  app.use(resourceRoutes(tenant))
  app.use(roleRoutes(tenant))
  app.use(passkeyRoutes(tenant))
  app.use((req) => {
    throw new AuthActionError(404, `Cannot ${req.method} ${req.path}`)
  })
  app.use(renderError)
}

/** One answer for every flaw: a bad token, one for another audience, and an application without a grant. */
async function judge(authorization: string | undefined, tenant: Tenant, verify: VerifyBearer): Promise<void> {
  await verify(authorization, tenant.origin).catch((cause: unknown) => {
    const isOurs = !(cause instanceof BearerRefusal) || cause.reason === 'keys-unavailable'
    throw new AuthActionError(isOurs ? 500 : 401, undefined, { cause })
  })
  if (!tenant.granted) throw new AuthActionError(401)
}

// Express tells an error handler by its four parameters.
const renderError: ErrorRequestHandler = (thrown, _req, res, _next) => {
  const { status, message } = thrown instanceof AuthActionError ? thrown : fromExpress(thrown)
  if (status === 401) res.set('WWW-Authenticate', 'Bearer')
  const phrase = authActionPhrases[status]
  res.status(status).json({ statusCode: status, message, ...(message !== phrase && { error: phrase }) })
}

/** What body parser and router throw is the client's fault, and says so by a status below 500. */
function fromExpress(cause: unknown): AuthActionError {
  const isTheirs = cause instanceof Error && 'status' in cause && Number(cause.status) < 500
  return isTheirs
    ? new AuthActionError(400, cause.message, { cause })
    : new AuthActionError(500, undefined, { cause })
}
