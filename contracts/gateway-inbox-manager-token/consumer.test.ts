import { createTokenSource, presets, Secret } from '@countersign/auth-core'
import { MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { consumerOf } from '../support/consumer.ts'
import { grantFor } from '../support/grant.ts'
import { wholly } from '../support/matchers.ts'
import { audience, registered, type TokenState } from './states.ts'

const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'inbox-manager-token' })
const preset = presets.get('inbox-manager')
if (preset === undefined) throw new Error('there is no preset for Inbox Manager')
const { token } = preset

/** The gateway's own source of tokens, as the preset sets it up. */
function mint(url: string, { secret = registered.clientSecret as string, forAudience = audience } = {}) {
  const credential = { clientId: registered.clientId, clientSecret: new Secret(secret), version: 'v1' }
  const source = createTokenSource({
    upstream: 'inbox-manager',
    endpoint: `${url}/oauth2/token`,
    clientAuth: token.clientAuth,
    body: token.body,
    extraParameters: token.parameters,
    adapt: token.adapt,
    credential: () => credential,
    clock: Date,
    fetch: (address, { method, headers, body, redirect }) =>
      fetch(address, { method, headers, redirect, body: body ?? null }),
  })
  return source.mint(grantFor({ upstream: 'inbox-manager', audience: forAudience }))
}

const request = ({ secret = registered.clientSecret as string, forAudience = audience } = {}) => ({
  method: 'POST',
  path: '/oauth2/token',
  headers: { 'content-type': 'application/json' },
  body: {
    grant_type: 'client_credentials',
    client_id: registered.clientId,
    client_secret: secret,
    audience: forAudience,
  },
})
const accessToken = wholly(/[\w.~+/=-]{1,16384}/, 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl')
const tokenType = wholly(/[Bb]earer/, 'Bearer')

test('a token is asked for in JSON, with the secret to the byte', async () => {
  const { token: minted } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token',
      request: request(),
      response: { status: 200, body: { access_token: accessToken, token_type: tokenType } },
    },
    async (url) => mint(url),
  )
  expect(minted.value.reveal()).toBe('eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl')
})

test('how long it lives is taken from the answer', async () => {
  const { token: minted } = await interact(
    {
      given: 'the client is registered (assumed)',
      receives: 'a request for a token that says how long it lives',
      request: request(),
      response: {
        status: 200,
        body: { access_token: accessToken, token_type: tokenType, expires_in: MatchersV3.integer(3600) },
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
