import { createBearerVerifier } from '../bearer-verifier.ts'
import { createGates, type RequestCounts } from '../gates.ts'
import { createIssuedTokens } from '../issued-tokens.ts'
import { listen } from '../listener.ts'
import { mintToken } from '../mint-token.ts'
import type { TokenEndpointFailure } from '../token-endpoint-failure.ts'
import { createTokenSigner } from '../token-signer.ts'
import { TooManyRequests } from './api-error.ts'
import { createCredentialJudge } from './credential-judge.ts'
import { createHubHost } from './hub-host.ts'
import {
  type LoginRadiusOptions,
  type LoginRadiusSettings,
  loginradiusSettings,
} from './loginradius-options.ts'
import { createManagementApi } from './management-api.ts'
import { type LoginRadiusSeed, loginradiusSeed, resetTables } from './seed.ts'
import { createStateControl, type StateControl } from './state-control.ts'
import { createTables } from './tables.ts'

/** How often each host was asked, and by which credential the API was. */
export interface LoginRadiusCounts extends RequestCounts {
  readonly m2m: number
  readonly 'key-secret': number
  readonly 'client-secret': number
}

/** A running LoginRadius tenant: two hosts, as in the real world, and strings to pull for tests and demos. */
export interface LoginRadius extends LoginRadiusSeed, StateControl, AsyncDisposable {
  /** The `iss` of its tokens: the origin of the hub, with a slash. */
  readonly issuer: string
  readonly tokenEndpoint: string
  /** Origin of the API's host. */
  readonly url: string
  readonly audience: string
  readonly clientId: string
  readonly clientSecret: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Requests since the start or the last `reset`; refused ones are counted as requests, not by credential. */
  readonly requestCounts: LoginRadiusCounts
  /** What the seed names and nothing else; failures and limits lifted; counts at 0. Tokens stay good. */
  reset(): void
  /** From now on the API answers 401 to every token issued so far, expired or not. */
  revokeTokens(): void
  /** Breaks the token endpoint in this way until told otherwise; `undefined` repairs it. */
  failTokenEndpoint(failure: TokenEndpointFailure | undefined): void
  /** Admits this many API requests more, then answers 429; `undefined` lifts the limit. */
  limitRequests(remaining: number | undefined): void
  /** Gets a token from the token endpoint over HTTP, as a client would. */
  mintToken(): Promise<string>
  close(): Promise<void>
}

/** Starts both hosts on the loopback interface. */
export async function startLoginRadius(options: LoginRadiusOptions = {}): Promise<LoginRadius> {
  const settings = loginradiusSettings(options)
  const { clock } = settings
  const tables = createTables()
  resetTables(tables, clock.now())
  const { hub, api, gates, tokens, byKind } = await startHosts(settings, tables)
  const tokenEndpoint = `${hub.origin}/service/oauth/token`
  async function close(): Promise<void> {
    await Promise.all([hub.close(), api.close()])
  }
  return {
    ...loginradiusSeed,
    ...credentialsOf(settings),
    ...{ issuer: `${hub.origin}/`, tokenEndpoint, url: api.origin },
    ...createStateControl(tables, settings),
    get requestCounts() {
      return { ...gates.counts, ...byKind }
    },
    reset() {
      resetTables(tables, clock.now())
      gates.reset()
      Object.assign(byKind, noKind())
    },
    revokeTokens: tokens.revokeAll,
    failTokenEndpoint: gates.failToken,
    limitRequests: gates.limitApi,
    mintToken: () => mintToken(tokenEndpoint, tokenParameters(settings)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function startHosts(settings: LoginRadiusSettings, tables: ReturnType<typeof createTables>) {
  const { clock, hubPort, apiPort } = settings
  const [gates, tokens, byKind] = [createGates(), createIssuedTokens(), noKind()]
  const signer = await createTokenSigner(tokens, clock)
  const verifier = (origin: string) =>
    createBearerVerifier({ issuer: `${origin}/`, jwksUri: `${origin}/service/oauth/jwks`, tokens, clock })
  const hub = await listen(hubPort, (origin) =>
    createHubHost({ settings, origin, signer, verify: verifier(origin), tokens, gates }),
  )
  function admit(): void {
    if (gates.admitApi() < 0) throw new TooManyRequests()
  }
  const judge = createCredentialJudge(settings, verifier(hub.origin))
  const seen = (kind: keyof typeof byKind) => void byKind[kind]++
  const api = await listen(apiPort, () =>
    createManagementApi({ tables, settings, judge, admit, seen }),
  ).catch(async (error) => {
    await hub.close()
    throw error
  })
  return { hub, api, gates, tokens, byKind }
}

function noKind() {
  return { m2m: 0, 'key-secret': 0, 'client-secret': 0 }
}

function credentialsOf({ audience, clientId, clientSecret, apiKey, apiSecret }: LoginRadiusSettings) {
  return { audience, clientId, clientSecret, apiKey, apiSecret }
}

function tokenParameters({ audience, clientId, clientSecret }: LoginRadiusSettings) {
  return { audience, client_id: clientId, client_secret: clientSecret }
}
