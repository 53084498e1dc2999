import { createAudienceFinder, presets } from '@countersign/auth-core'
import { MatchersV3 } from '@pact-foundation/pact'
import { expect, test, vi } from 'vitest'
import { configuredTokens, gatewayFetch, type Warn } from '../support/configured-upstream.ts'
import { consumerOf } from '../support/consumer.ts'
import { grantFor } from '../support/grant.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { anyToken, bearerType, exampleToken } from '../support/token-answer.ts'
import { registered, type TokenState } from './states.ts'

const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'faable-token' })

interface Asked {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly audience?: string
  readonly scopes?: readonly string[]
}

/** The gateway's own source of tokens, as the preset sets it up. */
function mint(url: string, asked: Asked = {}, warn?: Warn) {
  const { clientId, clientSecret, audience } = { ...registered, ...asked }
  const credential = { client_id: clientId, client_secret: clientSecret }
  const source = configuredTokens({ preset: 'faable', url, credential }, warn)
  return source.mint(grantFor({ upstream: 'faable', audience, scopes: asked.scopes ?? ['read:users'] }))
}

/** What is asked for stands as it is; what is not comes from the provider's state. */
const request = ({ scopes = ['read:users'], ...asked }: Asked = {}) => ({
  method: 'POST',
  path: '/oauth/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: {
    grant_type: 'client_credentials',
    client_id: asked.clientId ?? fromState('{clientId}', registered),
    client_secret: asked.clientSecret ?? fromState('{clientSecret}', registered),
    audience: asked.audience ?? fromState('{audience}', registered),
    scope: scopes.join(' '),
  },
})

test('a token is asked for in a form, with the secret to the byte and the least of scopes', async () => {
  const { token } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token with a scope',
      request: request(),
      response: {
        status: 200,
        body: {
          access_token: anyToken,
          token_type: bearerType,
          expires_in: MatchersV3.integer(86_400),
          scope: 'read:users',
        },
      },
    },
    async (url) => mint(url),
  )
  expect(token.value.reveal()).toBe(exampleToken)
  expect(token.grantedScopes).toEqual(['read:users'])
  expect(token.expiresAt - token.obtainedAt).toBeGreaterThan(86_300_000)
})

test('a scope that is dropped without a word is noticed', async () => {
  const warn = vi.fn<Warn>()
  const scopes = ['read:unicorns', 'read:users']
  const { token } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token with a scope that does not exist',
      request: request({ scopes }),
      response: {
        status: 200,
        body: { access_token: anyToken, token_type: bearerType, scope: 'read:users' },
      },
    },
    async (url) => mint(url, { scopes }, warn),
  )
  expect(token.grantedScopes).toEqual(['read:users'])
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ type: 'granted-differs' }),
    expect.stringContaining('something else than was asked for'),
  )
})

const nobody = { clientId: 'client_nobody' }
const wrongSecret = { clientSecret: 'not the secret' }
const noAudience = { audience: 'https://api.example.com/no-such-api' }

test.each([
  {
    receives: 'a request of a client that is not known, which is not found',
    given: 'the client is registered (assumed)',
    differs: nobody,
    response: { status: 404, body: { error_code: 'client_not_found' } },
  },
  {
    receives: 'a request with a wrong secret',
    given: 'the client is registered',
    differs: wrongSecret,
    response: { status: 401 },
  },
  {
    receives: 'a request for an audience that names no API',
    given: 'the client is registered',
    differs: noAudience,
    response: { status: 403, body: { error_code: 'audience_not_found' } },
  },
  {
    receives: 'a request for a token',
    given: 'the plan pays for no more machine tokens',
    differs: {},
    response: { status: 402, body: { error_code: 'm2m_quota_exceeded' } },
  },
] as const)('$response.status to $receives is for the operator to mend', async ({ differs, ...expected }) => {
  const refused = interact({ ...expected, request: request(differs) }, async (url) =>
    Promise.allSettled([mint(url, differs)]),
  )
  expect(await refused).toMatchObject([{ reason: { code: 'mint.refused', owner: 'operator' } }])
})

test.each([
  { given: 'the client has asked too often', status: 429 },
  { given: 'the token endpoint is out of service (assumed)', status: 503 },
] as const)('$status passes, and says when', async ({ given, status }) => {
  const failed = interact(
    {
      given,
      receives: 'a request for a token',
      request: request(),
      response: { status, headers: { 'retry-after': wholly(/\d+/, '7') } },
    },
    async (url) => Promise.allSettled([mint(url)]),
  )
  expect(await failed).toMatchObject([{ reason: { code: 'mint.unavailable', retryAfterSeconds: 7 } }])
})

const discovery = presets.get('faable')?.token.audienceDiscovery
if (discovery === undefined) throw new Error('the preset looks nowhere for the audience')
const { discoveryMember, lookup } = discovery
const found = (url: string, look: typeof discovery) =>
  createAudienceFinder({ url, discovery: look, clock: Date, fetch: gatewayFetch }).find()
const asks = { method: 'GET', headers: { accept: 'application/json' } }
const anyAudience = wholly(/faable:management:\S+/, registered.audience)

test('the audience is in the discovery document', async () => {
  const audience = await interact(
    {
      given: 'the client is registered (assumed)',
      receives: 'a look for the audience in the discovery document',
      request: { ...asks, path: '/.well-known/openid-configuration' },
      response: { status: 200, body: { management_audience: anyAudience } },
    },
    async (url) => found(url, { discoveryMember }),
  )
  expect(audience).toBe(registered.audience)
})

test('the audience is made of the account that a host belongs to', async () => {
  const audience = await interact(
    {
      given: 'the client is registered',
      receives: 'a look for the account of a host',
      request: { ...asks, path: fromState('/account/host/{host}', registered) },
      response: { status: 200, body: { id: wholly(/\S+/, 'acc_contract') } },
    },
    async (url) => found(url, { lookup }),
  )
  expect(audience).toBe(registered.audience)
})
