import express, { type Express } from 'express'
import { createBearerVerifier } from '../bearer-verifier.ts'
import { createGates, type RequestCounts } from '../gates.ts'
import { createIssuedTokens } from '../issued-tokens.ts'
import { listen } from '../listener.ts'
import { mintToken } from '../mint-token.ts'
import type { TokenEndpointFailure } from '../token-endpoint-failure.ts'
import { createTokenSigner, type TokenSigner } from '../token-signer.ts'
import { type AuthActionOptions, authActionSettings, type TokenPath } from './authaction-options.ts'
import { addManagementApi } from './management-api.ts'
import { type AuthActionRecord, createRecord, createTables, type ResourceName } from './records.ts'
import { confirmPasskey, createTenant, type Tenant } from './tenant.ts'
import { tokenPaths, tokenRoutes } from './token-routes.ts'

/** A running AuthAction tenant: one host for tokens and API, and strings to pull for tests and demos. */
export interface AuthAction extends AsyncDisposable {
  /** Origin of the tenant, which is also the audience of its API: no slash at its end. */
  readonly url: string
  /** Where the renamed endpoint is; the old name is `/oauth/m2m/token`. */
  readonly tokenEndpoint: string
  readonly audience: string
  /** `iss` of its tokens. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Requests since the start or the last `reset`; those at a token path that is not served do not count. */
  readonly requestCounts: RequestCounts
  /** Nobody there; grant and token path as in the settings; failures and limits lifted; counts at 0. */
  reset(): void
  /** Puts a record in, under a known `id` if need be. */
  seed(resource: ResourceName, fields?: Readonly<Record<string, unknown>>): AuthActionRecord
  /** Grants the application the Management API, or takes it away: then the API answers 401. */
  grantApi(granted: boolean): void
  /** From now on tokens come from there and nowhere else. */
  serveTokenPath(path: TokenPath): void
  /** Plays the person: confirms a passkey. @throws {Error} when there is no such transaction */
  confirmPasskey(transactionId: string): string
  /** From now on the API answers 401 to every token issued so far, expired or not. */
  revokeTokens(): void
  /** Breaks the token endpoint in this way until told otherwise; `undefined` repairs it. */
  failTokenEndpoint(failure: TokenEndpointFailure | undefined): void
  /** Admits this many API requests more, then answers 429; `undefined` lifts the limit. */
  limitRequests(remaining: number | undefined): void
  /** Gets a token over HTTP, as a client would; by default for the audience of the API. */
  mintToken(audience?: string): Promise<string>
  close(): Promise<void>
}

/** Starts the tenant on the loopback interface. */
export async function startAuthAction(options: AuthActionOptions = {}): Promise<AuthAction> {
  const settings = authActionSettings(options)
  const { clientId, clientSecret, clock } = settings
  const tables = createTables()
  const tokens = createIssuedTokens()
  const gates = createGates()
  const signer = await createTokenSigner(tokens, clock)
  const started = Promise.withResolvers<Tenant>()
  const { origin: url, close } = await listen(settings.port, (origin) => {
    const tenant = createTenant(settings, tables, origin)
    started.resolve(tenant)
    const jwksUri = `${origin}/.well-known/jwks.json`
    const verify = createBearerVerifier({ issuer: tenant.issuer, jwksUri, tokens, clock })
    const app = express()
    app.disable('x-powered-by').disable('etag')
    addDocuments(app, tenant, signer)
    app.use(tokenRoutes({ tenant, signer, admit: gates.admitToken }))
    addManagementApi(app, { tenant, verify, admit: gates.admitApi })
    return app
  })
  const tenant = await started.promise
  return {
    ...{ url, audience: url, issuer: tenant.issuer, clientId, clientSecret },
    ...{ tokenEndpoint: `${url}${tokenPaths.new}`, requestCounts: gates.counts },
    reset() {
      tenant.reset()
      gates.reset()
    },
    seed: (resource, fields = {}) => createRecord(tables, resource, fields),
    ...controlsOf(tenant),
    revokeTokens: tokens.revokeAll,
    failTokenEndpoint: gates.failToken,
    limitRequests: gates.limitApi,
    mintToken: (audience = url) =>
      mintToken(`${url}${tokenPaths[tenant.tokenPath === 'old' ? 'old' : 'new']}`, {
        ...{ client_id: clientId, client_secret: clientSecret, audience },
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function controlsOf(tenant: Tenant): Pick<AuthAction, 'grantApi' | 'serveTokenPath' | 'confirmPasskey'> {
  return {
    grantApi(granted) {
      tenant.granted = granted
    },
    serveTokenPath(path) {
      tenant.tokenPath = path
    },
    confirmPasskey(transactionId) {
      const nonce = confirmPasskey(tenant, transactionId)
      if (nonce === undefined) throw new Error(`there is no passkey transaction ${transactionId}`)
      return nonce
    },
  }
}

/** Discovery document and key set. */
function addDocuments(app: Express, { origin, issuer }: Tenant, { keySet }: TokenSigner): void {
  app.get('/.well-known/openid-configuration', (_req, res) => {
    res.json({
      issuer,
      token_endpoint: `${origin}${tokenPaths.new}`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })
  app.get('/.well-known/jwks.json', (_req, res) => {
    res.json(keySet)
  })
}
