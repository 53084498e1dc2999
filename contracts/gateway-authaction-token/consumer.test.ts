import { MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { configuredTokens, configuredUpstream } from '../support/configured-upstream.ts'
import { consumerOf } from '../support/consumer.ts'
import { grantFor } from '../support/grant.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { anyToken, bearerType, exampleToken } from '../support/token-answer.ts'
import { registered, type TokenState } from './states.ts'

const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'authaction-token' })
const { clientId, clientSecret, audience } = registered
const [newPath, oldPath] = ['/oauth2/m2m/token', '/oauth/m2m/token']

interface Asked {
  readonly secret?: string
  /** Where the configuration says that tokens come from. */
  readonly endpoint?: string
}

/** The gateway's own source of tokens, as the preset sets it up. */
function mint(url: string, { secret = clientSecret, endpoint }: Asked = {}) {
  const credential = { client_id: clientId, client_secret: secret }
  const token = endpoint === undefined ? {} : { endpoint: url + endpoint }
  const source = configuredTokens({ preset: 'authaction', url, token, credential })
  return source.mint(grantFor({ upstream: 'authaction', audience }))
}

const request = ({ secret, endpoint = newPath }: Asked = {}) => ({
  method: 'POST',
  path: endpoint,
  headers: { 'content-type': 'application/json' },
  body: {
    grant_type: 'client_credentials',
    client_id: fromState('{clientId}', registered),
    client_secret: secret ?? fromState('{clientSecret}', registered),
    audience: fromState('{audience}', registered),
  },
})
const answer = {
  status: 200,
  body: { access_token: anyToken, token_type: bearerType, expires_in: MatchersV3.integer(86_400) },
}

test('a token is asked for in JSON, with the secret to the byte, and says how long it lives', async () => {
  const { token } = await interact(
    {
      given: 'the client is registered',
      receives: 'a request for a token',
      request: request(),
      response: answer,
    },
    async (url) => mint(url),
  )
  expect(token.value.reveal()).toBe(exampleToken)
  expect(token.expiresAt - token.obtainedAt).toBeGreaterThan(86_300_000)
})

test("the audience is the tenant's origin, without a slash at its end", () => {
  const section = { preset: 'authaction', credential: { client_id: clientId, client_secret: clientSecret } }
  expect(configuredUpstream({ ...section, url: `${audience}/` }).token.audience).toBe(audience)
})

test('where the new path is not there, the old one is asked', async () => {
  const given = 'tokens come from the old path only (assumed)'
  const { token } = await interact(
    [
      {
        given,
        receives: 'a request for a token at the new path',
        request: request(),
        response: { status: 404 },
      },
      {
        given,
        receives: 'a request for a token at the old path',
        request: request({ endpoint: oldPath }),
        response: answer,
      },
    ],
    async (url) => mint(url),
  )
  expect(token.value.reveal()).toBe(exampleToken)
})

test('a configuration that insists on the old path gets no token where that is gone', async () => {
  const refused = interact(
    {
      given: 'tokens come from the new path only (assumed)',
      receives: 'a request for a token at the old path',
      request: request({ endpoint: oldPath }),
      response: { status: 404 },
    },
    async (url) => Promise.allSettled([mint(url, { endpoint: oldPath })]),
  )
  expect(await refused).toMatchObject([{ reason: { code: 'mint.invalid-response' } }])
})

test('a wrong secret is for the operator to mend', async () => {
  const differs = { secret: 'not the secret' }
  const refused = interact(
    {
      given: 'the client is registered (assumed)',
      receives: 'a request with a wrong secret',
      request: request(differs),
      response: { status: 401, body: { error: 'access_denied' } },
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
