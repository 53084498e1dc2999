import { MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { configuredTokens } from '../support/configured-upstream.ts'
import { consumerOf } from '../support/consumer.ts'
import { grantFor } from '../support/grant.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { anyToken, bearerType, exampleToken } from '../support/token-answer.ts'
import { audience, registered, type TokenState } from './states.ts'

const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'inbox-manager-token' })

interface Asked {
  readonly secret?: string
  readonly forAudience?: string
}

/** The gateway's own source of tokens, as the preset sets it up. */
function mint(url: string, { secret = registered.clientSecret, forAudience = audience }: Asked = {}) {
  const source = configuredTokens({
    preset: 'inbox-manager',
    token: { endpoint: `${url}/oauth2/token` },
    credential: { client_id: registered.clientId, client_secret: secret },
  })
  return source.mint(grantFor({ upstream: 'inbox-manager', audience: forAudience }))
}

const request = ({ secret, forAudience = audience }: Asked = {}) => ({
  method: 'POST',
  path: '/oauth2/token',
  headers: { 'content-type': 'application/json' },
  body: {
    grant_type: 'client_credentials',
    client_id: fromState('{clientId}', registered),
    client_secret: secret ?? fromState('{clientSecret}', registered),
    audience: forAudience,
  },
})

test('a token is asked for in JSON, with the secret to the byte', async () => {
  const { token: minted } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token',
      request: request(),
      response: { status: 200, body: { access_token: anyToken, token_type: bearerType } },
    },
    async (url) => mint(url),
  )
  expect(minted.value.reveal()).toBe(exampleToken)
})

test('how long it lives is taken from the answer', async () => {
  const { token: minted } = await interact(
    {
      given: 'the client is registered (assumed)',
      receives: 'a request for a token that says how long it lives',
      request: request(),
      response: {
        status: 200,
        body: { access_token: anyToken, token_type: bearerType, expires_in: MatchersV3.integer(3600) },
      },
    },
    async (url) => mint(url),
  )
  expect(minted.expiresAt - minted.obtainedAt).toBeGreaterThan(3_590_000)
})

test.each([
  {
    receives: 'a request with a wrong secret',
    differs: { secret: 'not the secret' },
    status: 401,
    error: 'invalid_client',
  },
  {
    receives: 'a request for an audience that is not offered',
    differs: { forAudience: 'https://auth.inbox-manager.com' },
    status: 400,
    error: 'invalid_request',
  },
])('$receives is for the operator to mend', async ({ receives, differs, status, error }) => {
  const given = 'the client is registered (assumed)'
  const refused = interact(
    { given, receives, request: request(differs), response: { status, body: { error } } },
    async (url) => Promise.allSettled([mint(url, differs)]),
  )
  expect(await refused).toMatchObject([{ reason: { code: 'mint.refused', owner: 'operator' } }])
})

test('an endpoint that is out of service is not taken for a refusal', async () => {
  const failed = interact(
    {
      given: 'the token endpoint is out of service (assumed)',
      receives: 'a request for a token',
      request: request(),
      response: { status: 503, headers: { 'retry-after': wholly(/\d+/, '1') } },
    },
    async (url) => Promise.allSettled([mint(url)]),
  )
  expect(await failed).toMatchObject([{ reason: { code: 'mint.unavailable', retryAfterSeconds: 1 } }])
})
