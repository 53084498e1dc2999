import express, { type ErrorRequestHandler, type Response, Router } from 'express'
import { type TokenEndpointFailure, tokenEndpointFailures } from '../token-endpoint-failure.ts'
import type { TokenSigner } from '../token-signer.ts'
import type { TokenPath } from './authaction-options.ts'
import type { Tenant } from './tenant.ts'

/** What the token endpoint is built from. */
export interface TokenRouteParts {
  readonly tenant: Tenant
  readonly signer: TokenSigner
  /** Called for each token request at a path that is served; a failure it names is what the client gets. */
  readonly admit: () => TokenEndpointFailure | undefined
}

/** The two names of the token endpoint. */
export const tokenPaths: Readonly<Record<Exclude<TokenPath, 'both'>, string>> = {
  new: '/oauth2/m2m/token',
  old: '/oauth/m2m/token',
}

/** The token endpoint under its two names, as far as the tenant serves them. JSON only. */
export function tokenRoutes({ tenant, signer, admit }: TokenRouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const name of ['new', 'old'] as const) {
    router.post(
      tokenPaths[name],
      (req, res, next) => {
        if (tenant.tokenPath === name || tenant.tokenPath === 'both') return next()
        const status = tenant.settings.missingPathStatus
        res.status(status).json({ statusCode: status, message: `Cannot POST ${req.path}` })
      },
      (_req, res, next) => {
        const failure = admit()
        if (failure === undefined) next()
        else tokenEndpointFailures[failure](res)
      },
      express.json(),
      async (req, res) => {
        res.set('Cache-Control', 'no-store')
        if (!req.is('application/json')) {
          return refuse(res, tenant.settings.notJsonStatus, 'invalid_request', 'only JSON is accepted')
        }
        await answer(req.body, res, { tenant, signer })
      },
    )
  }
  router.use(renderBodyError)
  return router
}

async function answer(
  body: unknown,
  res: Response,
  { tenant, signer }: Omit<TokenRouteParts, 'admit'>,
): Promise<void> {
  const { settings, origin } = tenant
  const given = new Map<string, unknown>(
    typeof body === 'object' && body !== null ? Object.entries(body) : [],
  )
  for (const name of ['grant_type', 'client_id', 'client_secret', 'audience']) {
    const value = given.get(name)
    if (typeof value !== 'string' || value === '')
      return refuse(res, 400, 'invalid_request', `${name} is required`)
  }
  if (given.get('grant_type') !== 'client_credentials') {
    return refuse(res, settings.unsupportedGrantStatus, 'unsupported_grant_type', 'only client_credentials')
  }
  if (given.get('client_id') !== settings.clientId || given.get('client_secret') !== settings.clientSecret) {
    return refuse(res, 401, 'access_denied', 'Unauthorized')
  }
  const aud = String(given.get('audience'))
  if (settings.refusesAtTokenEndpoint && (!tenant.granted || aud !== origin)) {
    return refuse(res, 403, 'access_denied', `Client is not authorized to access "${aud}"`)
  }
  const claims = { iss: tenant.issuer, aud, sub: settings.clientId, scope: '' }
  const access_token = await signer.sign(claims, settings.tokenLifetimeSeconds)
  res.json({ access_token, token_type: 'Bearer', expires_in: settings.tokenLifetimeSeconds })
}

/** Errors in the shape of RFC 6749 5.2 (assumed). */
function refuse(res: Response, status: number, error: string, error_description: string): void {
  res.status(status).json({ error, error_description })
}

// Express tells an error handler by its four parameters.
const renderBodyError: ErrorRequestHandler = (_error, _req, res, _next) => {
  refuse(res, 400, 'invalid_request', 'the body is not JSON')
}
