import { describe, expect, it } from 'vitest'
import { loginradius } from './loginradius.ts'

const schemeOf = (name: string) => {
  const operation = loginradius.operations.find((candidate) => candidate.name === name)
  return loginradius.credentials?.[operation?.credential ?? '']
}

it('asks the hub of the tenant with JSON, for an audience of another host and another generation', () => {
  expect(loginradius).toMatchObject({
    url: 'https://api.loginradius.com',
    token: {
      grantType: 'client_credentials',
      endpoint: 'https://{tenant}.hub.loginradius.com/service/oauth/token',
      audience: 'https://api.loginradius.com/identity/v2/manage',
      clientAuth: 'client_secret_post',
      body: 'json',
    },
  })
})

describe('a life of a token', () => {
  const normalise = (body: Record<string, unknown>) => loginradius.token.adapt?.normalise?.(body)

  it('is read from expire_in, which the current API sends as a string', () => {
    expect(normalise({ access_token: 't', expire_in: '3600', token_type: 'Bearer' })).toEqual({
      access_token: 't',
      expires_in: '3600',
      token_type: 'Bearer',
    })
  })

  it("is read from expires_in where the older page's name is used, whatever else there is", () => {
    expect(normalise({ expires_in: 86400 })).toEqual({ expires_in: 86400 })
    expect(normalise({ expires_in: 86400, expire_in: '1' })).toEqual({ expires_in: 86400 })
  })

  it('stays unsaid where nothing says it, and an error stays the error', () => {
    expect(normalise({ error: 'unauthorized_client', error_description: 'no' })).toEqual({
      error: 'unauthorized_client',
      error_description: 'no',
      expires_in: undefined,
    })
  })
})

describe('every operation shows one of three credentials', () => {
  it('knows the scheme it names', () => {
    const schemes = Object.keys(loginradius.credentials ?? {})
    for (const { name, credential } of loginradius.operations) {
      expect({ name, known: schemes.includes(credential ?? '') }).toEqual({ name, known: true })
    }
    expect(new Set(loginradius.operations.map(({ credential }) => credential))).toEqual(new Set(schemes))
  })

  it('is a machine token with the key beside it, for organizations and invitations', () => {
    for (const name of ['organizations.create', 'invitations.send', 'roles.create']) {
      expect(schemeOf(name)).toEqual({
        authorization: 'bearer',
        query: { apikey: 'api_key' },
        headers: { 'x-loginradius-apikey': 'api_key' },
      })
    }
  })

  it('is key and secret in the query, for domains and account contexts', () => {
    for (const name of ['domains.verify', 'account-contexts.set-roles']) {
      expect(schemeOf(name)).toEqual({
        authorization: 'none',
        query: { apikey: 'api_key', apisecret: 'api_secret' },
      })
    }
  })

  it('is client id and secret in the query, for connections', () => {
    expect(schemeOf('connections.set-status')).toEqual({
      authorization: 'none',
      query: { apikey: 'api_key', client_id: 'client_id', client_secret: 'client_secret' },
    })
  })
})

it('verifies a domain with a POST on the domain itself', () => {
  expect(loginradius.operations.find(({ name }) => name === 'domains.verify')).toMatchObject({
    method: 'POST',
    template: '/v2/manage/organizations/{org_id}/domains/{domain_id}',
    replay: 'never',
  })
})
