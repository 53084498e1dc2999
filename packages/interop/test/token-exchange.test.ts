import type { CountersignKit } from '@countersign/testkit'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startKit } from './kit.ts'

const address = new URL('https://gateway.internal')
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const subject_token_type = 'urn:ietf:params:oauth:token-type:jwt'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let kit: CountersignKit
beforeAll(async () => {
  kit = await startKit()
})
afterAll(() => kit?.stop())

/** Leads the gateway's name to where it listens, as name resolution would. */
const resolving = (url: string, init: object): Promise<Response> =>
  fetch(url.replace(address.origin, kit.url), init)

const token = () => Promise.resolve(kit.identity('ci').token())

describe('openid-client', () => {
  const discover = (authentication: client.ClientAuth = client.None()) =>
    client.discovery(address, 'ci', undefined, authentication, {
      algorithm: 'oauth2',
      [client.customFetch]: resolving,
    })
  const exchange = async (config: client.Configuration, more: Record<string, string> = {}) =>
    client.genericGrantRequest(config, grantType, {
      subject_token: await token(),
      subject_token_type,
      audience: 'crm',
      ...more,
    })

  it('finds the endpoint by RFC 8414 and obtains the token that calls go out with', async () => {
    const answer = await exchange(await discover())
    expect(kit.upstream('crm').tokens.issued).toContain(answer.access_token)
    expect(answer).toMatchObject({
      token_type: 'bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'read:accounts write:accounts',
    })
    expect(answer.expiresIn()).toBeGreaterThan(3500)
    kit.upstream('crm').answer({ status: 200, body: {} })
    await kit.fetch('ci', '/crm/accounts/1')
    expect(kit.upstream('crm').requests.at(-1)?.headers.get('authorization')).toBe(
      `Bearer ${answer.access_token}`,
    )
    const released = kit.audit().filter(({ operation }) => operation === 'token.release')
    expect(released).toMatchObject([
      { kind: 'open', service: 'ci' },
      { kind: 'close', service: 'ci', upstream: 'crm', status: 200 },
    ])
  })

  it('shows the workload’s token as its client assertion', async () => {
    const shown = await token()
    const config = await discover((_server, _client, body) => {
      body.set('client_assertion', shown)
      body.set('client_assertion_type', assertionType)
    })
    expect((await exchange(config, { scope: 'read:accounts' })).scope).toBe('read:accounts')
  })

  it.each([
    ['invalid_scope', { scope: 'root' }],
    ['invalid_target', { audience: 'github' }],
    ['invalid_request', { subject_token: 'a.b.c' }],
  ])('is told %s', async (error, more) => {
    await expect(exchange(await discover(), more)).rejects.toMatchObject({
      code: 'OAUTH_RESPONSE_BODY_ERROR',
      error,
      status: 400,
    })
  })

  it('with a client secret is challenged', async () => {
    const refused = exchange(await discover(client.ClientSecretBasic('secret')))
    await expect(refused).rejects.toMatchObject({ code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', status: 401 })
  })
})

describe('oauth4webapi', () => {
  const options = { [oauth.customFetch]: resolving }

  it('discovers, exchanges and reads the answer', async () => {
    const found = await oauth.discoveryRequest(address, { algorithm: 'oauth2', ...options })
    const server = await oauth.processDiscoveryResponse(address, found)
    const parameters = new URLSearchParams({
      subject_token: await token(),
      subject_token_type,
      resource: `${address.origin}/crm`,
      scope: 'write:accounts',
    })
    const party: oauth.Client = { client_id: 'ci' }
    const response = await oauth.genericTokenEndpointRequest(
      server,
      party,
      oauth.None(),
      grantType,
      parameters,
      options,
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = await oauth.processGenericTokenEndpointResponse(server, party, response)
    expect(kit.upstream('crm').tokens.issued).toContain(answer.access_token)
    expect(answer.scope).toBe('write:accounts')
  })

  it('reads the metadata of the protected resource, where a challenge points', async () => {
    const challenged = await fetch(`${kit.url}/crm/accounts/1`)
    const metadata = /resource_metadata="([^"]+)"/.exec(challenged.headers.get('www-authenticate') ?? '')?.[1]
    expect(metadata).toBe(`${address.origin}/.well-known/oauth-protected-resource`)
    const found = await oauth.resourceDiscoveryRequest(address, options)
    const resource = await oauth.processResourceDiscoveryResponse(address, found)
    expect(resource.authorization_servers).toEqual([kit.issuer('internal').issuer])
  })
})
