import express, { type ErrorRequestHandler, type Express, type Response } from 'express'
import type { BearerRules, VerifyBearer } from '../bearer-verifier.ts'
import type { Gates } from '../gates.ts'
import { tokenEndpointFailures } from '../token-endpoint-failure.ts'
import type { TokenSigner } from '../token-signer.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'

/** What the hub is built from. */
export interface HubParts {
  readonly settings: LoginRadiusSettings
  /** Origin of the hub; with a slash it is the `iss` of its tokens. */
  readonly origin: string
  readonly signer: TokenSigner
  readonly verify: VerifyBearer
  readonly tokens: BearerRules['tokens']
  readonly gates: Gates
}

/**
 * The tenant's hub: tokens, introspection, revocation and the key set. All of them take JSON, and a secret that
 * is wrong is `unauthorized_client`, where the standard has `invalid_client` (RFC 6749 5.2).
 */
export function createHubHost({ settings, origin, signer, verify, tokens, gates }: HubParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.get('/service/oauth/jwks', (_req, res) => {
    res.json(signer.keySet)
  })
  app.post('/service/oauth/token', (_req, res, next) => {
    const failure = gates.admitToken()
    if (failure === undefined) next()
    else tokenEndpointFailures[failure](res)
  })
  app.use(express.json())
  app.post('/service/oauth/token', async (req, res) => {
    const refusal = tokenRefusal(membersOf(req.body), settings)
    if (refusal !== undefined) return refuse(res, refusal)
    const token = await signer.sign(claims(settings, origin), settings.tokenLifetimeSeconds)
    res
      .set('Cache-Control', 'no-store')
      .json({ access_token: token, ...lifetime(settings), token_type: 'Bearer' })
  })
  app.post('/service/oauth/introspect', async (req, res) => {
    const body = membersOf(req.body)
    const refusal = clientRefusal(body, settings)
    if (refusal !== undefined) return refuse(res, refusal)
    const payload = await verify(`Bearer ${body.token}`).catch(() => undefined)
    res.json(
      payload ? { active: true, iss: payload.iss, aud: payload.aud, sub: payload.sub } : { active: false },
    )
  })
  app.post('/service/oauth/revoke', async (req, res) => {
    const body = membersOf(req.body)
    const refusal = clientRefusal(body, settings)
    if (refusal !== undefined) return refuse(res, refusal)
    const payload = await verify(`Bearer ${body.token}`).catch(() => undefined)
    if (payload?.jti !== undefined) tokens.revoke(payload.jti)
    res.status(200).end()
  })
  app.use((_req, res) => {
    res.status(404).json({ error: 'not_found' })
  })
  app.use(renderBodyError)
  return app
}

interface Refusal {
  readonly status: number
  readonly error: string
  readonly error_description: string
}

type Members = Readonly<Record<string, unknown>>

/** In the order of the vendor's page: the audience, the client, its secret. */
function tokenRefusal(body: Members, settings: LoginRadiusSettings): Refusal | undefined {
  if (!body.audience) return invalid('The audience is a required parameter.')
  if (body.grant_type !== 'client_credentials') {
    return {
      status: 400,
      error: 'unsupported_grant_type',
      error_description: 'The grant_type is not supported.',
    }
  }
  const refusal = clientRefusal(body, settings)
  if (refusal !== undefined) return refusal
  return body.audience === settings.audience ? undefined : invalid('The audience is not valid.')
}

function clientRefusal(body: Members, settings: LoginRadiusSettings): Refusal | undefined {
  const { clientId, clientSecret, clientRefusedStatus: status } = settings
  const refusal = (error: string, name: string) => ({
    status,
    error,
    error_description: `The ${name} is not valid, check your ${name} again.`,
  })
  if (body.client_id !== clientId) return refusal('invalid_client', 'client_id')
  if (body.client_secret !== clientSecret) return refusal('unauthorized_client', 'client_secret')
  return undefined
}

function claims({ audience, clientId, scopes }: LoginRadiusSettings, origin: string) {
  const scp = [...scopes]
  return {
    iss: `${origin}/`,
    sub: `${clientId}@client`,
    aud: audience,
    cid: clientId,
    scp,
    gty: 'client_credentials',
  }
}

function lifetime({ expiryField, tokenLifetimeSeconds }: LoginRadiusSettings): Members {
  return expiryField === 'expire_in'
    ? { expire_in: String(tokenLifetimeSeconds) }
    : { expires_in: tokenLifetimeSeconds }
}

function membersOf(body: unknown): Members {
  return typeof body === 'object' && body !== null ? { ...body } : {}
}

function invalid(error_description: string): Refusal {
  return { status: 400, error: 'invalid_request', error_description }
}

function refuse(res: Response, { status, ...body }: Refusal): void {
  res.status(status).set('Cache-Control', 'no-store').json(body)
}

// Express tells an error handler by its four parameters.
const renderBodyError: ErrorRequestHandler = (_error, _req, res, _next) => {
  refuse(res, invalid('The body is not JSON.'))
}
