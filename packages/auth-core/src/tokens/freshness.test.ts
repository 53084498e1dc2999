import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { grantFor, results, sourceTowards, values } from '../../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const grant = grantFor({ audience: 'https://api.billing.example', scopes: ['read:invoices'] })

describe('refresh happens ahead of expiry, in the background', () => {
  test('at 80 % of life the old token is served while the next one is fetched, once', async () => {
    const { source, clock, events } = sourceTowards(endpoint)
    await source.mint(grant)
    clock.advance(0.8 * 3600 - 1)
    source.mint(grant)
    expect(results(events, 'cache')).toEqual(['miss', 'hit'])
    clock.advance(1)
    for (let i = 0; i < 50; i++) expect(source.mint(grant)).toMatchObject({ source: 'cache' })
    await vi.waitFor(() => expect(results(events, 'mint')).toEqual(['ok', 'ok']))
    expect(endpoint.requests).toHaveLength(2)
    expect(values([await source.mint(grant)])).toEqual(new Set(['token-2']))
  })

  test('a clock that is set back makes no token live longer: the next one is fetched while it serves', async () => {
    const { source, clock, events } = sourceTowards(endpoint)
    await source.mint(grant)
    clock.advance(-3 * 3600)
    expect(source.mint(grant)).toMatchObject({ source: 'cache' })
    await vi.waitFor(() => expect(results(events, 'mint')).toEqual(['ok', 'ok']))
    clock.advance(3600)
    expect(await source.mint(grant)).toMatchObject({ source: 'endpoint' })
  })

  test('a refresh that fails leaves the valid token serving, and backs off', async () => {
    const { source, clock, events } = sourceTowards(endpoint)
    await source.mint(grant)
    endpoint.reply = () => ({ status: 503 })
    clock.advance(0.9 * 3600)
    for (let failures = 1; failures <= 3; failures++) {
      for (let i = 0; i < 10; i++) expect(source.mint(grant)).toMatchObject({ source: 'cache' })
      await vi.waitFor(() => expect(results(events, 'mint')).toHaveLength(1 + failures))
      expect(source.mint(grant)).toMatchObject({ source: 'cache' })
      expect(results(events, 'cache').at(-1)).toBe('hit') // no refresh: it is backing off
      clock.advance(2 ** (failures - 1))
    }
    expect(endpoint.requests).toHaveLength(4)
    expect(source.status()).toMatchObject({ state: 'failing', code: 'mint.unavailable' })
    clock.advance(360)
    await expect(source.mint(grant)).rejects.toMatchObject({ code: 'mint.unavailable' })
  })

  test.each([
    { expires_in: 3600, usableFor: 3594.9 },
    { expires_in: 2, usableFor: 1.7 },
  ])(
    'a token of $expires_in s is not handed out at the very end of its life',
    async ({ expires_in, usableFor }) => {
      endpoint.reply = () => tokenReply(`token-${endpoint.requests.length}`, { expires_in })
      const { source, clock, events } = sourceTowards(endpoint)
      await source.mint(grant)
      clock.advance(usableFor)
      expect(source.mint(grant)).toMatchObject({ source: 'cache' }) // and refreshes
      await vi.waitFor(() => expect(results(events, 'mint')).toHaveLength(2))
      clock.advance(expires_in - 0.1)
      expect(await source.mint(grant)).toMatchObject({ source: 'endpoint' })
    },
  )
})
