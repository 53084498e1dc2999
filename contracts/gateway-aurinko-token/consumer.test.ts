import { exchangeCode } from '@countersign/auth-core'
import { authorizeAddress } from '@countersign/gateway/src/connect/consent-target.ts'
import { HTTPResponseStatusClass, MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { configuredUpstream, gatewayFetch, gatewayTimeouts } from '../support/configured-upstream.ts'
import { consumerOf } from '../support/consumer.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { known, type TokenState } from './states.ts'

const { integer, matchStatus } = MatchersV3
const interact = consumerOf<TokenState>({ consumer: 'countersign-gateway', provider: 'aurinko-token' })

/** The consent as the gateway sets it up by the preset. */
function consent(url: string, clientSecret: string = known.clientSecret) {
  const client = { client_id: known.clientId, client_secret: clientSecret }
  const { credential, token } = configuredUpstream({ preset: 'aurinko', url, credential: client })
  if (token.consent === undefined) throw new Error('the preset knows of no consent')
  return { flow: token.consent, credential }
}

const exchange = (
  url: string,
  { code = known.code as string, clientSecret = known.clientSecret as string } = {},
) => exchangeCode({ ...consent(url, clientSecret), code, fetch: gatewayFetch })

/** The code is in the path, and nothing in the body. */
const request = (code = '{code}', basic = '{basic}') => ({
  method: 'POST',
  path: fromState(`/v1/auth/token/${code}`, known),
  headers: { authorization: fromState(`Basic ${basic}`, known), accept: 'application/json' },
})

test('the code of a consent is exchanged with Basic, for a token without an end', async () => {
  const { token, accountId } = await interact(
    {
      given: 'an administrator has consented',
      receives: 'the exchange of a code',
      request: request(),
      response: {
        status: 200,
        body: { accountId: integer(123_456), accessToken: wholly(/[\x21-\x7e]+/, 'token-of-an-account') },
      },
    },
    (url) => exchange(url),
  )
  expect([token.reveal(), accountId]).toEqual(['token-of-an-account', '123456'])
})

const wrongBasic = Buffer.from(`${known.clientId}:not the secret`).toString('base64')

test.each([
  {
    given: 'the code of a consent was used (assumed)',
    receives: 'the exchange of a code for a second time',
    request: request(),
    response: { status: 400, body: { code: 'invalid.code' } },
    clientSecret: known.clientSecret,
  },
  {
    given: 'an administrator has consented',
    receives: 'the exchange of a code with a wrong secret',
    request: request('{code}', wrongBasic),
    response: { status: 401 },
    clientSecret: 'not the secret',
  },
] as const)('$response.status to $receives is told in words', async ({ clientSecret, ...expected }) => {
  const refused = interact(expected, (url) => Promise.allSettled([exchange(url, { clientSecret })]))
  const says = expect.stringContaining(String(expected.response.status))
  expect(await refused).toMatchObject([{ reason: { code: 'mint.refused', says } }])
})

test('an exchange that is out of service is not taken for a refusal', async () => {
  const failed = interact(
    {
      given: 'the exchange is out of service (assumed)',
      receives: 'the exchange of a code',
      request: request(),
      response: { status: 503 },
    },
    (url) => Promise.allSettled([exchange(url)]),
  )
  expect(await failed).toMatchObject([{ reason: { code: 'mint.unavailable' } }])
})

/** Opens the address that the gateway sends an administrator to. */
function open(url: string, publicUrl: string) {
  const scopes = ['Calendar.Read', 'Mail.Read']
  const fixed = {
    upstream: 'aurinko',
    origin: new URL(url).origin,
    parameters: {},
    timeouts: gatewayTimeouts,
  }
  const target = { ...fixed, ...consent(url), scopes, publicUrl }
  return gatewayFetch(authorizeAddress(target, 'state-of-the-gateway', undefined), {
    method: 'GET',
    headers: {},
    redirect: 'manual',
  })
}
const opened = (publicUrl: string) => ({
  method: 'GET',
  path: '/v1/auth/authorizeDaemon',
  query: {
    clientId: fromState('{clientId}', known),
    responseType: 'code',
    serviceType: 'Office365',
    scopes: 'Calendar.Read Mail.Read',
    state: 'state-of-the-gateway',
    returnUrl: `${publicUrl}/connect/aurinko/callback`,
  },
})

// That a good one is answered with a redirect cannot be in a contract: pact's verifier follows it.
test('an address to return to that is not registered is refused before anybody is asked', async () => {
  const publicUrl = 'https://not-registered.example'
  const answer = await interact(
    {
      given: 'the application is registered',
      receives: 'an administrator who is to come back to another address',
      request: opened(publicUrl),
      // The vendor shows the body and not the status.
      response: {
        status: matchStatus(400, HTTPResponseStatusClass.ClientError),
        body: { code: 'returnurl.invalid' },
      },
    },
    (url) => open(url, publicUrl),
  )
  expect(await answer.json()).toMatchObject({ code: 'returnurl.invalid' })
})
