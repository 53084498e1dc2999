import { HTTPResponseStatusClass, MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { configuredTokens } from '../support/configured-upstream.ts'
import { consumerOf } from '../support/consumer.ts'
import { grantFor } from '../support/grant.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { anyToken, bearerType, exampleToken } from '../support/token-answer.ts'
import { audience, registered, type TokenState } from './states.ts'

const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'loginradius-token' })
const path = '/service/oauth/token'

interface Asked {
  readonly clientId?: string
  readonly clientSecret?: string
}

/** The gateway's own source of tokens, as the preset sets it up. */
function mint(url: string, asked: Asked = {}) {
  const { clientId, clientSecret } = { ...registered, ...asked }
  const keys = { api_key: 'not-used-here', api_secret: 'not-used-here' }
  const credential = { client_id: clientId, client_secret: clientSecret, ...keys }
  const source = configuredTokens({ preset: 'loginradius', token: { endpoint: url + path }, credential })
  return source.mint(grantFor({ upstream: 'loginradius', audience }))
}

const request = ({ clientId, clientSecret }: Asked = {}) => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: {
    grant_type: 'client_credentials',
    client_id: clientId ?? fromState('{clientId}', registered),
    client_secret: clientSecret ?? fromState('{clientSecret}', registered),
    audience,
  },
})
const bearer = { access_token: anyToken, token_type: bearerType }

test('a token is asked for in JSON, with the secret to the byte', async () => {
  const { token } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token',
      request: request(),
      response: { status: 200, body: bearer },
    },
    async (url) => mint(url),
  )
  expect(token.value.reveal()).toBe(exampleToken)
})

test('how long it lives is text, under a name of its own', async () => {
  const { token } = await interact(
    {
      given: 'the client is registered (assumed)',
      receives: 'a request for a token that says how long it lives',
      request: request(),
      response: { status: 200, body: { ...bearer, expire_in: wholly(/[1-9]\d*/, '7200') } },
    },
    async (url) => mint(url),
  )
  expect(token.expiresAt - token.obtainedAt).toBeGreaterThan(7_190_000)
})

test.each([
  {
    receives: 'a request of a client that is not known',
    differs: { clientId: 'client_nobody' },
    error: 'invalid_client',
  },
  {
    receives: 'a request with a wrong secret, which is not invalid_client',
    differs: { clientSecret: 'not the secret' },
    error: 'unauthorized_client',
  },
])('$error to $receives is for the operator to mend', async ({ receives, differs, error }) => {
  // The vendor's page has the words and not the status.
  const status = MatchersV3.matchStatus(401, HTTPResponseStatusClass.ClientError)
  const refused = interact(
    {
      given: 'the client is registered',
      receives,
      request: request(differs),
      response: { status, body: { error } },
    },
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
