import { faultKinds } from '@countersign/auth-core/client'
import { MatchersV3 } from '@pact-foundation/pact'
import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { calledIn, type GatewayState } from '../client-gateway/states.ts'
import { consumerOf } from '../support/consumer.ts'
import { exampleIdentity, problemAnswer, requestId } from '../support/gateway-answers.ts'
import { fromState } from '../support/matchers.ts'
import { gatewayAudience } from '../support/start-gateway.ts'
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

describe('who knows nothing but the address finds its way', () => {
  const { eachLike, string } = MatchersV3
  const cached = { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }
  const metadataUrl = `${gatewayAudience}/.well-known/oauth-protected-resource`

  /** The gateway by its own name, wherever it is. */
  const at = (url: string) => ({
    [oauth.customFetch]: (target: string, { headers }: { headers: Record<string, string> }) =>
      fetch(target.replace(gatewayAudience, url), { headers }),
  })

  test('from a call without a credential, which is told where to look', async () => {
    const challenge = `Bearer realm="countersign", resource_metadata="${metadataUrl}"`
    const answer = await interact(
      {
        receives: 'a call without a credential',
        request: { method: 'GET', path: '/inbox-manager/api/accounts' },
        response: problemAnswer('identity.missing', 401, { 'www-authenticate': challenge }),
      },
      (url) => fetch(`${url}/inbox-manager/api/accounts`),
    )
    expect(answer.headers.get('www-authenticate')).toContain(metadataUrl)
    expect(await answer.json()).toMatchObject({ code: 'identity.missing', owner: 'caller' })
  })

  test('to what the gateway is, and whose tokens it takes (RFC 9728)', async () => {
    const resource = await interact(
      {
        receives: 'a look at what the gateway is',
        request: { method: 'GET', path: '/.well-known/oauth-protected-resource' },
        response: {
          status: 200,
          headers: cached,
          body: {
            resource: gatewayAudience,
            authorization_servers: eachLike(string('https://issuer.internal')),
            bearer_methods_supported: ['header'],
          },
        },
      },
      async (url) => {
        const gateway = new URL(gatewayAudience)
        const answer = await oauth.resourceDiscoveryRequest(gateway, at(url))
        return await oauth.processResourceDiscoveryResponse(gateway, answer)
      },
    )
    expect(resource.authorization_servers).toEqual(['https://issuer.internal'])
  })

  test('and to where tokens are exchanged (RFC 8414)', async () => {
    const server = await interact(
      {
        receives: 'a look at how tokens are exchanged',
        request: { method: 'GET', path: '/.well-known/oauth-authorization-server' },
        response: {
          status: 200,
          headers: cached,
          body: {
            issuer: gatewayAudience,
            token_endpoint: `${gatewayAudience}/oauth2/token`,
            grant_types_supported: [goodRequest.grant_type],
            token_endpoint_auth_methods_supported: ['none'],
          },
        },
      },
      async (url) => {
        const gateway = new URL(gatewayAudience)
        const answer = await oauth.discoveryRequest(gateway, { algorithm: 'oauth2', ...at(url) })
        return await oauth.processDiscoveryResponse(gateway, answer)
      },
    )
    expect(server.token_endpoint).toBe(`${gatewayAudience}/oauth2/token`)
  })
})
