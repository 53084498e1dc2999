import { faable as typedCalls } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { afterAll, expect, test } from 'vitest'
import { faableCalls, user } from '../calls/faable.ts'
import { sentOn, testCalls, testRefusals } from '../support/api-tests.ts'
import { startGatewayInFront } from '../support/gateway-in-front.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { gatewayCredential } from '../support/start-gateway.ts'
import { type ApiState, known, knownEmail } from './states.ts'

const { eachLike, nullValue } = MatchersV3
const gateway = await startGatewayInFront<ApiState>({
  provider: 'faable-api',
  preset: 'faable',
  upstreams: ({ url, tokenEndpoint: endpoint }) => ({
    // Where the audience comes from is a matter of the token's contract.
    faable: {
      preset: 'faable',
      url,
      token: { endpoint, audience: 'faable:management:acc_contract' },
      credential: gatewayCredential,
    },
  }),
})
afterAll(gateway.close)
const faable = typedCalls(gateway.client)

testCalls(gateway, faable, faableCalls)

const listing = sentOn({ method: 'GET', path: '/user' })
const list = () => faable.listUsers().first()
const rejected = (code: string) => ({ name: 'GatewayError', status: 502, code }) as const

testRefusals(gateway, [
  {
    given: 'a user exists',
    receives: 'users.create with an email that is taken: 400, not 409',
    request: sentOn({ method: 'POST', path: '/user', body: { email: knownEmail } }),
    response: { status: 400, body: { error_code: 'already_exists' } },
    call: () => faable.createUser({ email: knownEmail }),
    reason: { name: 'UpstreamError', status: 400 },
  },
  {
    given: 'nobody is there',
    receives: 'users.list by a time with a colon, which the query language has not',
    request: sentOn({ method: 'GET', path: '/user', query: { query: 'name:10:30' } }),
    response: { status: 400, body: { error_code: 'invalid_query' } },
    call: () => faable.listUsers({ query: 'name:10:30' }).first(),
    reason: { name: 'UpstreamError', status: 400 },
  },
  {
    given: 'a session was revoked',
    receives: 'sessions.revoke for a second time',
    request: sentOn({ method: 'POST', path: fromState('/session/{session}/revoke', known) }),
    response: { status: 409, body: { error_code: 'session_already_revoked' } },
    call: () => faable.sessions.revoke(known.session),
    reason: { name: 'UpstreamError', status: 409 },
  },
  {
    given: 'the token lacks the scope',
    receives: 'users.list',
    request: listing,
    response: { status: 403, body: { error_code: 'insufficient_scope' } },
    call: list,
    reason: { name: 'UpstreamError', status: 403 },
  },
  {
    given: 'the limit of requests is reached',
    receives: 'users.list',
    request: listing,
    response: { status: 429, headers: { 'retry-after': wholly(/\d+/, '1') } },
    call: list,
    reason: { name: 'UpstreamError', status: 429 },
  },
  {
    given: 'the token is for another account (assumed)',
    receives: 'users.list with a token for another audience',
    request: listing,
    response: { status: 403, body: { error_code: wholly(/aud_mismatch.*/, 'aud_mismatch') } },
    call: list,
    reason: rejected('mint.audience-unknown'),
  },
  {
    given: 'the token was asked for without an audience (assumed)',
    receives: 'users.list with the token of a request without an audience',
    request: listing,
    response: { status: 403, body: { error_code: wholly(/aud_mismatch.*/, 'aud_mismatch') } },
    call: list,
    reason: rejected('mint.audience-unknown'),
  },
  {
    given: 'the token is revoked',
    receives: 'users.list with a token that is not accepted',
    request: listing,
    response: { status: 401 },
    call: list,
    reason: rejected('mint.rejected-by-upstream'),
  },
])

test('a list goes on where its first page ended', async () => {
  const pages = faable.listUsers({ pageSize: 1 }).pages()[Symbol.asyncIterator]()
  const page = (query: Record<string, ReturnType<typeof fromState>> = {}) =>
    sentOn({ method: 'GET', path: '/user', query: { pageSize: '1', ...query } })
  const first = await gateway.through(
    {
      given: 'two users exist',
      receives: 'users.list, the first page',
      request: page(),
      response: { status: 200, body: { results: eachLike(user), next: wholly(/\S+/, known.cursor) } },
    },
    () => pages.next(),
  )
  const last = await gateway.through(
    {
      given: 'two users exist',
      receives: 'users.list, the page at a cursor',
      request: page({ cursor: fromState('{cursor}', known) }),
      response: { status: 200, body: { results: eachLike(user), next: nullValue() } },
    },
    () => pages.next(),
  )
  expect([first.value?.next, last.value?.next]).toEqual([known.cursor, null])
})
