import { createClient, type InboxManager, inboxManager, staticIdentity } from '@countersign/client'
import { answersJson, startTestIssuer, startTokenEndpoint } from '@countersign/testkit'
import { HTTPResponseStatusClass, MatchersV3 } from '@pact-foundation/pact'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inboxManagerCalls } from '../calls/inbox-manager.ts'
import { consumerOf, type Expected } from '../support/consumer.ts'
import { bearerFromState, wholly } from '../support/matchers.ts'
import { startRelay } from '../support/relay.ts'
import { gatewayCredential, startGateway } from '../support/start-gateway.ts'
import { type ApiState, known } from './states.ts'

const { matchStatus, reify } = MatchersV3
const interact = consumerOf<ApiState>({ consumer: 'countersign-gateway', provider: 'inbox-manager-api' })
const mintedToken = 'minted-for-the-contract'

/** A real gateway, a service that may do everything there, and its way to one mock server after the other. */
const running = new AsyncDisposableStack()
let inbox: InboxManager
let pointAt: (url: string) => Promise<void>
beforeAll(async () => {
  const issuer = running.use(await startTestIssuer())
  const tokens = running.use(await startTokenEndpoint())
  tokens.always(answersJson({ access_token: mintedToken, token_type: 'Bearer', expires_in: 3600 }))
  const relay = running.use(await startRelay())
  const gateway = running.use(
    await startGateway({
      issuers: { internal: { kind: 'jwt', issuer: issuer.issuer } },
      upstreams: {
        'inbox-manager': {
          preset: 'inbox-manager',
          url: relay.url,
          token: { endpoint: tokens.url },
          credential: gatewayCredential,
        },
      },
      services: {
        provisioning: {
          identities: [{ issuer: 'internal', subject: 'provisioning' }],
          allow: [{ upstream: 'inbox-manager', operations: ['users.*', 'accounts.*', 'members.*'] }],
        },
      },
    }),
  )
  const identity = staticIdentity(await issuer.sign({ sub: 'provisioning' }))
  inbox = inboxManager(createClient({ gateway: gateway.url, identity, retry: false }))
  pointAt = relay.pointAt
})
afterAll(() => running.disposeAsync())

/** What the gateway sends in every request: the minted token in place of the identity. */
const authorization = bearerFromState('token', mintedToken)
const reads = { accept: 'application/json', authorization }
const writes = { ...reads, 'content-type': 'application/json' }

async function through<T>(expected: Expected<ApiState>, call: () => Promise<T>): Promise<T> {
  return await interact(expected, async (url) => {
    await pointAt(url)
    return await call()
  })
}

describe('every operation reaches the API with the minted token, and its answer the caller', () => {
  test.each(inboxManagerCalls)('$operation', async ({ operation, given, request, response, call }) => {
    const headers = request.body === undefined ? reads : writes
    const status = matchStatus(response.status, HTTPResponseStatusClass.Success)
    const answer = await through(
      {
        given,
        receives: operation,
        request: { ...request, headers },
        response: { ...response, status },
      },
      () => call(inbox),
    )
    expect(answer).toEqual(response.body && reify(response.body))
  })
})

interface Refused extends Expected<ApiState> {
  readonly status: number
  readonly call: () => Promise<unknown>
}

const { account, application, user } = known
const refusals: readonly Refused[] = [
  {
    status: 404,
    given: 'nothing but the parent account exists (assumed)',
    receives: 'accounts.get of an account that does not exist',
    request: { method: 'GET', path: '/api/accounts/acc_unknown', headers: reads },
    response: { status: 404 },
    call: () => inbox.getAccount('acc_unknown'),
  },
  {
    status: 409,
    given: 'the user is a member of the account (assumed)',
    receives: 'members.add of somebody who is a member already',
    request: {
      method: 'POST',
      path: `/api/accounts/${account}/members`,
      headers: writes,
      body: { user_id: user, role: 'viewer' },
    },
    response: { status: 409 },
    call: () => inbox.addAccountMember(account, user, 'viewer'),
  },
  {
    status: 429,
    given: 'the limit of requests is reached (assumed)',
    receives: 'accounts.list',
    request: { method: 'GET', path: '/api/accounts', headers: reads },
    response: { status: 429, headers: { 'retry-after': wholly(/\d+/, '1') } },
    call: () => inbox.listAccounts(),
  },
]

describe("the API's own refusals reach the caller as they are", () => {
  test.each(refusals)('$status to $receives', async ({ status, call, ...expected }) => {
    const [outcome] = await through(expected, () => Promise.allSettled([call()]))
    expect(outcome).toMatchObject({ reason: { name: 'UpstreamError', status } })
  })
})

test('a refusal of the minted token never looks like one of the caller', async () => {
  const body = { status: 'active' }
  const [outcome] = await through(
    {
      given: 'the token is revoked (assumed)',
      receives: 'users.create with a token that is not accepted',
      request: { method: 'POST', path: `/api/applications/${application}/users`, headers: writes, body },
      response: { status: 401 },
    },
    () => Promise.allSettled([inbox.createApplicationUser(application, body)]),
  )
  expect(outcome).toMatchObject({
    reason: { name: 'GatewayError', status: 502, code: 'mint.rejected-by-upstream' },
  })
})
