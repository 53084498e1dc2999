import type { RequestListener } from 'node:http'
import express from 'express'
import { createBearerVerifier } from '../bearer-verifier.ts'
import { createGates, type Gates, type RequestCounts } from '../gates.ts'
import { createIssuedTokens, type IssuedTokens } from '../issued-tokens.ts'
import { listen } from '../listener.ts'
import { mintToken } from '../mint-token.ts'
import type { TokenEndpointFailure } from '../token-endpoint-failure.ts'
import { createTokenSigner, type TokenSigner } from '../token-signer.ts'
import { discoveryRoutes } from './discovery-routes.ts'
import { FaableError } from './faable-error.ts'
import { type FaableOptions, faableSettings } from './faable-options.ts'
import { addManagementApi, renderFaableError, requireTenant } from './management-api.ts'
import { createRecord } from './record-operations.ts'
import type { FaableRecord } from './records.ts'
import { createRequestRate, type RequestRate } from './request-rate.ts'
import type { ResourceName } from './resources.ts'
import { createScopeGuard } from './scope-guard.ts'
import { createTenant, type Tenant } from './tenant.ts'
import { tokenRoutes } from './token-routes.ts'
import type { DeliveryOutcome } from './webhook-delivery.ts'
import { createWebhookEvents, type WebhookEvents } from './webhook-events.ts'

/** A running Faable Auth tenant: one host for tokens, documents and API, and strings to pull. */
export interface Faable extends AsyncDisposable {
  /** Origin of the tenant; also the `iss` of its tokens, without a trailing slash. */
  readonly url: string
  readonly tokenEndpoint: string
  /** What a management token has to be for now. */
  readonly audience: string
  readonly accountId: string
  readonly clientId: string
  /** What works now. */
  readonly clientSecret: string
  /** Requests since the start or the last `reset`. */
  readonly requestCounts: RequestCounts
  /** Nothing but the one client; failures and limits lifted; counts at 0. Tokens stay good. */
  reset(): void
  /** Puts a record in, under a known `id` if need be. */
  seed(resource: ResourceName, fields?: Readonly<Record<string, unknown>>): FaableRecord
  /** From now on the API answers 401 to every token issued so far, expired or not. */
  revokeTokens(): void
  /** Breaks the token endpoint in this way until told otherwise; `undefined` repairs it. */
  failTokenEndpoint(failure: TokenEndpointFailure | undefined): void
  /** Admits this many API requests more, then answers 429; `undefined` lifts the limit. */
  limitRequests(remaining: number | undefined): void
  /** A new secret; the old one is refused at once, tokens made with it stay good. */
  rotateSecret(secret: string): void
  /** The account gets another id, so that the audience known so far is wrong. */
  moveAccount(accountId: string): void
  /** An Action denies every `client_credentials` grant for this reason; `undefined`: no more. */
  denyClientCredentials(reason: string | undefined): void
  /** Machine tokens that the plan pays for from now on; then 402. */
  limitTokens(quota: number | undefined): void
  /** Sends an event to every subscription for it. */
  deliver(type: string, payload: object): Promise<readonly DeliveryOutcome[]>
  /** Fulfilled when every webhook that a call has caused has been answered, or given up. */
  webhooksSettled(): Promise<void>
  /** Gets a management token from the token endpoint over HTTP, as a client would; without scopes: all. */
  mintToken(...scopes: readonly string[]): Promise<string>
  close(): Promise<void>
}

/** Starts the tenant on the loopback interface. */
export async function startFaable(options: FaableOptions = {}): Promise<Faable> {
  const settings = faableSettings(options)
  const tokens = createIssuedTokens()
  const signer = await createTokenSigner(tokens, settings.clock)
  let url = ''
  const tenant = createTenant(settings, () => url)
  const parts: Parts = {
    ...{ tenant, tokens, signer, gates: createGates(), webhooks: createWebhookEvents(tenant) },
    rate: createRequestRate(settings.tokenRequestLimit, settings.clock),
  }
  const listener = await listen(settings.port, (origin) => {
    url = origin
    return createHost(origin, parts)
  })
  async function close(): Promise<void> {
    await listener.close()
    await parts.webhooks.settled()
  }
  // Not spread: what changes while it runs is read through getters.
  return Object.assign(createControls(url, parts), { close, [Symbol.asyncDispose]: close })
}

interface Parts {
  readonly tenant: Tenant
  readonly tokens: IssuedTokens
  readonly signer: TokenSigner
  readonly gates: Gates
  readonly rate: RequestRate
  readonly webhooks: WebhookEvents
}

function createHost(
  issuer: string,
  { tenant, tokens, signer, gates, rate, webhooks }: Parts,
): RequestListener {
  const jwksUri = `${issuer}/.well-known/jwks.json`
  const verify = createBearerVerifier({ issuer, jwksUri, tokens, clock: tenant.settings.clock })
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.use(requireTenant(tenant))
  app.use(discoveryRoutes(tenant, issuer, signer.keySet))
  app.use(tokenRoutes({ tenant, signer, issuer, rate, admit: gates.admitToken }))
  addManagementApi(app, { tenant, guard: createScopeGuard(tenant, verify), emit: webhooks.emit }, () => {
    if (gates.admitApi() < 0) throw new FaableError('too_many_requests', 'too many requests')
  })
  app.use(renderFaableError(tenant))
  return app
}

function createControls(url: string, { tenant, tokens, gates, rate, webhooks }: Parts) {
  const { clientId, m2mQuota } = tenant.settings
  const tokenEndpoint = `${url}/oauth/token`
  return {
    ...{ url, tokenEndpoint, clientId, requestCounts: gates.counts },
    get audience() {
      return tenant.audience
    },
    get accountId() {
      return tenant.accountId
    },
    get clientSecret() {
      return tenant.clientSecret
    },
    reset() {
      tenant.reset()
      gates.reset()
      rate.clear()
    },
    seed: (resource: ResourceName, fields: Readonly<Record<string, unknown>> = {}) =>
      createRecord(tenant, resource, fields),
    revokeTokens: tokens.revokeAll,
    failTokenEndpoint: gates.failToken,
    limitRequests: gates.limitApi,
    rotateSecret(secret: string) {
      tenant.clientSecret = secret
    },
    moveAccount: tenant.moveTo,
    denyClientCredentials(reason: string | undefined) {
      tenant.denial = reason
    },
    limitTokens(quota: number | undefined) {
      tenant.quotaLeft = quota ?? m2mQuota ?? Number.POSITIVE_INFINITY
    },
    deliver: webhooks.deliver,
    webhooksSettled: webhooks.settled,
    mintToken(...scopes: readonly string[]) {
      const { audience, clientSecret } = tenant
      const credential = { client_id: clientId, client_secret: clientSecret }
      return mintToken(tokenEndpoint, {
        ...credential,
        audience,
        ...(scopes.length > 0 && { scope: scopes.join(' ') }),
      })
    },
  }
}
