import express, { type Request, Router } from 'express'
import { issueToken } from './accounts.ts'
import { ApiError, badRequest, notFound } from './api-error.ts'
import type { AurinkoSettings, ProviderMood } from './aurinko-options.ts'
import { beginConsent, endConsent } from './consent.ts'
import { consentPage } from './consent-page.ts'
import type { Credentials } from './credentials.ts'
import { newText, type PendingConsent, type Tables } from './tables.ts'

/** What the consent is built from. */
export interface ConsentParts {
  readonly tables: Tables
  readonly settings: AurinkoSettings
  readonly credentials: Credentials
  readonly origin: string
  /** What the administrator at the provider does, asked for each consent. */
  readonly mood: () => ProviderMood
}

/**
 * The way of an administrator through a consent: Aurinko, the provider (played here), Aurinko's callback under
 * any of its names, the application; and the exchange of the code that the application has then.
 */
export function consentRoutes({ tables, settings, credentials, origin, mood }: ConsentParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const own = new Set([new URL(origin).host, `localhost:${new URL(origin).port}`, ...settings.aliasHosts])
  const now = () => settings.clock.now()

  router.get('/v1/auth/authorizeDaemon', (req, res) => {
    const host = ownHost(req, own, now())
    const redirectUri = settings.intermediateCallbackUrl ?? `http://${host}/v1/auth/callback`
    const state = beginConsent(tables, settings, { query: queryOf(req), redirectUri })
    res.redirect(303, `${origin}/sandbox/provider?state=${state}`)
  })
  router.get('/sandbox/provider', (req, res) => {
    const state = queryOf(req).get('state') ?? ''
    const pending = pendingOf(tables, state)
    const decision = mood()
    if (decision === 'ask') res.type('html').send(consentPage({ ...pending, state }))
    else res.redirect(303, answerOfProvider(pending, state, decision))
  })
  router.post('/sandbox/provider', express.urlencoded({ extended: false }), (req, res) => {
    const { state = '', decision } = Object(req.body)
    res.redirect(
      303,
      answerOfProvider(pendingOf(tables, state), state, decision === 'grant' ? 'grant' : 'deny'),
    )
  })
  router.get('/v1/auth/callback', (req, res) => {
    ownHost(req, own, now())
    const query = queryOf(req)
    const of = (name: string) => query.get(name) ?? undefined
    const answer = { state: query.get('state') ?? '', code: of('code'), error: of('error') }
    const url = endConsent(tables, settings, { ...answer, description: of('error_description') })
    res.redirect(settings.callbackStatus, url)
  })
  // The document calls the exchange by GET deprecated; it is there all the same.
  router.all('/v1/auth/token/:code', (req, res, next) => {
    if (req.method !== 'POST' && req.method !== 'GET') return next()
    credentials.requireApplication(req)
    const accountId = redeem(tables, req.params.code, now())
    res.json({ accountId, accessToken: issueToken(tables, accountId, now()) })
  })
  return router
}

/** The query as it was sent: `scopes` may be there more than once. */
function queryOf(req: Request): URLSearchParams {
  return new URL(req.originalUrl, 'http://sandbox').searchParams
}

function ownHost(req: Request, own: ReadonlySet<string>, now: number): string {
  const host = req.headers.host ?? ''
  if (!own.has(host)) throw notFound(now)
  return host
}

function pendingOf(tables: Tables, state: string): PendingConsent {
  const pending = tables.pending.get(state)
  if (pending === undefined) throw badRequest('state is not known')
  return pending
}

/** As RFC 6749 4.1.2 has it: what the provider says to whom it was told to redirect to. */
function answerOfProvider(
  { redirectUri, scopes }: PendingConsent,
  state: string,
  decision: 'grant' | 'deny',
): string {
  const url = new URL(redirectUri)
  const parameters =
    decision === 'grant'
      ? { code: newText(), scope: scopes.join(' ') }
      : { error: 'access_denied', error_description: 'The administrator did not consent' }
  for (const [name, value] of Object.entries({ ...parameters, state })) url.searchParams.set(name, value)
  return url.href
}

/** A code counts once, and not for long. @throws {ApiError} 400 (assumed: what is said of a bad code is not public) */
function redeem(tables: Tables, code: string, now: number): number {
  const found = tables.codes.get(code)
  tables.codes.delete(code)
  if (found === undefined || found.expiresAt <= now) {
    throw new ApiError(400, 'invalid.code', 'The code is not known, used or expired')
  }
  return found.accountId
}
