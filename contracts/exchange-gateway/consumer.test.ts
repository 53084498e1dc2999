import { faultKinds } from '@countersign/auth-core/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { expect, test } from 'vitest'
import { calledIn, type GatewayState } from '../client-gateway/states.ts'
import { consumerOf } from '../support/consumer.ts'
import { exampleIdentity, requestId } from '../support/gateway-answers.ts'
import { fromState } from '../support/matchers.ts'
import { anyToken, exampleToken } from '../support/token-answer.ts'
import { exchangeCases, goodRequest } from './exchange-cases.ts'

const interact = consumerOf<GatewayState>({ consumer: 'oauth-client', provider: 'countersign-gateway' })
const able: GatewayState = 'exporting may obtain the token of an upstream'

/** As any OAuth client sends it (RFC 8693 2.1). */
async function exchange(gateway: string, differs: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams({ ...goodRequest, subject_token: exampleIdentity, ...differs })
  const answer = await fetch(`${gateway}/oauth2/token`, { method: 'POST', body })
  return { status: answer.status, body: await answer.json() }
}

const requestOf = (differs: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  path: '/oauth2/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
  body: {
    ...goodRequest,
    subject_token: fromState('{identity}', { identity: exampleIdentity }),
    ...differs,
  },
})

test('a service exchanges its own token for that of an upstream', async () => {
  const { body } = await interact(
    {
      given: calledIn(able),
      receives: 'a token request',
      request: requestOf(),
      response: {
        status: 200,
        headers: { 'cache-control': 'no-store', 'x-request-id': requestId },
        body: {
          access_token: anyToken,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
          expires_in: MatchersV3.integer(3600),
        },
      },
    },
    (url) => exchange(url),
  )
  expect(body).toMatchObject({ access_token: exampleToken, expires_in: 3600 })
})

test.each(exchangeCases)('$code is an error of OAuth, and keeps its code', async (each) => {
  const { code, error, receives, given = able, differs } = each
  const { owner, says } = faultKinds[code]
  const answer = await interact(
    {
      given: calledIn(given),
      receives,
      request: requestOf(differs),
      response: {
        status: 400,
        headers: { 'cache-control': 'no-store', 'x-request-id': requestId },
        body: { error, error_description: MatchersV3.like(says), code, owner, request_id: requestId },
      },
    },
    (url) => exchange(url, differs),
  )
  expect(answer).toMatchObject({ status: 400, body: { error, code, owner } })
})
