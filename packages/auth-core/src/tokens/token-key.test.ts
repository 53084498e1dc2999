import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedTokenEndpoint } from '../../test/scripted-token-endpoint.ts'
import { credentialOf, grantFor, sourceTowards, values } from '../../test/token-source-fixture.ts'
import { TokenCache } from './token-cache.ts'
import type { TokenSourceOptions } from './token-source-options.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const grant = grantFor({ audience: 'https://api.billing.example', scopes: ['read:invoices'] })

describe('a token is never shared between requests that differ', () => {
  const requests = [
    { scopes: [] },
    { scopes: ['read'] },
    { scopes: ['read', 'write'] },
    { scopes: ['read write'] },
    { scopes: ['read'], audience: 'https://a.example' },
    { scopes: ['read'], audience: 'https://b.example' },
    { scopes: [], audience: 'read' },
    { scopes: ['read'], resource: ['https://a.example'] },
    { scopes: ['https://a.example'], resource: ['read'] },
  ]

  test('by scopes, audience or resource', async () => {
    const { source } = sourceTowards(endpoint)
    const minted = await Promise.all(requests.map((request) => source.mint(grantFor(request))))
    expect(values(minted).size).toBe(requests.length)
    const again = await Promise.all(requests.map((request) => source.mint(grantFor(request))))
    expect(again.map(({ token }) => token)).toEqual(minted.map(({ token }) => token))
    expect(endpoint.requests).toHaveLength(requests.length)
  })

  test.each<[string, Partial<TokenSourceOptions> & { query?: string }]>([
    ['client', { credential: () => credentialOf('s3cret', 'v1', 'client-2') }],
    ['extra parameters', { extraParameters: { tenant: 'b' } }],
    ['endpoint', { query: '?tenant=b' }],
  ])('by %s, even in one cache over a reload', async (_what, { query = '', ...changed }) => {
    const cache = new TokenCache()
    await sourceTowards(endpoint, { cache }).source.mint(grant)
    await sourceTowards(endpoint, { cache, endpoint: endpoint.url + query, ...changed }).source.mint(grant)
    expect(endpoint.requests).toHaveLength(2)
    await sourceTowards(endpoint, { cache }).source.mint(grant)
    expect(endpoint.requests).toHaveLength(2)
  })

  test("a grant of another upstream is the programmer's mistake, and nothing is sent", () => {
    const { source } = sourceTowards(endpoint)
    expect(() => source.mint(grantFor({ upstream: 'other' }))).toThrow(TypeError)
    expect(endpoint.requests).toHaveLength(0)
  })
})
