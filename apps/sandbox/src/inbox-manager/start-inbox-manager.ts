import { createGates, type RequestCounts } from '../gates.ts'
import { createIssuedTokens } from '../issued-tokens.ts'
import { listen } from '../listener.ts'
import { mintToken } from '../mint-token.ts'
import type { TokenEndpointFailure } from '../token-endpoint-failure.ts'
import { createAccount, type NewAccount } from './accounts.ts'
import { createAdminApi } from './admin-api.ts'
import { ApiError } from './api-error.ts'
import { createAuthHost } from './auth-host.ts'
import { prepareAuthorizationServer } from './authorization-server.ts'
import { createBearerJudge } from './bearer-token.ts'
import { type InboxManagerOptions, inboxManagerSettings } from './inbox-manager-options.ts'
import { addMember, type NewMember } from './members.ts'
import { type InboxManagerSeed, inboxManagerSeed } from './seed.ts'
import { type Account, createTables, type Member, resetTables, type User } from './tables.ts'
import { createUser } from './users.ts'

/** A running Inbox Manager: two hosts, as in the real world, and strings to pull for tests and demos. */
export interface InboxManager extends InboxManagerSeed, AsyncDisposable {
  /** Origin of the host `auth.`; also the `iss` of its tokens. */
  readonly issuer: string
  readonly tokenEndpoint: string
  /** Origin of the host `api.`. */
  readonly url: string
  readonly audience: string
  readonly clientId: string
  readonly clientSecret: string
  /** Requests since the start or the last `reset`. */
  readonly requestCounts: RequestCounts
  /** Users, accounts and members of the first day; failures and limits lifted; counts at 0. Tokens stay good. */
  reset(): void
  /** Puts a user in, under a known id if need be. */
  seedUser(user?: { readonly id?: string; readonly status?: string }): User
  /** Puts an account in; the parent must exist. */
  seedAccount(account?: Partial<NewAccount>): Account
  /** Puts a member in; account and user must exist. */
  seedMember(member: NewMember): Member
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
export async function startInboxManager(options: InboxManagerOptions = {}): Promise<InboxManager> {
  const settings = inboxManagerSettings(options)
  const { audience, clientId, clientSecret, clock } = settings
  const tables = createTables()
  const tokens = createIssuedTokens()
  const gates = createGates()
  function admit(): void {
    if (gates.admitApi() < 0) throw new ApiError('rate_limited', 'too many requests')
  }
  const createServer = await prepareAuthorizationServer(settings, tokens)
  const auth = await listen(settings.authPort, (origin) =>
    createAuthHost({ settings, authorizationServer: createServer(origin), admit: gates.admitToken }),
  )
  const issuer = auth.origin
  const jwksUri = `${issuer}/.well-known/jwks.json`
  const judgeBearer = createBearerJudge({ issuer, jwksUri, audience, tokens, clock })
  const api = await listen(settings.apiPort, () =>
    createAdminApi({ tables, settings, judgeBearer, admit }),
  ).catch(async (error) => {
    await auth.close()
    throw error
  })
  const tokenEndpoint = `${issuer}/oauth2/token`
  async function close(): Promise<void> {
    await Promise.all([auth.close(), api.close()])
  }
  return {
    ...inboxManagerSeed,
    ...{ issuer, tokenEndpoint, url: api.origin, audience, clientId, clientSecret },
    requestCounts: gates.counts,
    reset() {
      resetTables(tables)
      gates.reset()
    },
    seedUser: ({ id, status = 'active' } = {}) => createUser(tables, { status, ...(id && { id }) }),
    seedAccount: (account = {}) => createAccount(tables, { name: 'seeded', ...account }),
    seedMember: (member) => addMember(tables, member),
    revokeTokens: tokens.revokeAll,
    failTokenEndpoint: gates.failToken,
    limitRequests: gates.limitApi,
    mintToken: () => mintToken(tokenEndpoint, { client_id: clientId, client_secret: clientSecret, audience }),
    close,
    [Symbol.asyncDispose]: close,
  }
}
