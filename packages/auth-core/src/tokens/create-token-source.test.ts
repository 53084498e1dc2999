import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { fetchWithin, grantFor, sourceTowards, values } from '../../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const grant = grantFor({ audience: 'https://api.billing.example', scopes: ['read:invoices'] })

describe('a token endpoint is asked once', () => {
  test.each([100, 200])('%i cold concurrent calls cause one token request', async (count) => {
    const { source, events } = sourceTowards(endpoint)
    const minted = await Promise.all(Array.from({ length: count }, () => source.mint(grant)))
    expect(endpoint.requests).toHaveLength(1)
    expect(values(minted)).toEqual(new Set(['token-1']))
    expect(minted.map(({ source }) => source).filter((from) => from === 'endpoint')).toHaveLength(1)
    const waiting = events.flatMap((event) => (event.type === 'waiters' ? [event.waiting] : []))
    expect([Math.max(...waiting), waiting.at(-1)]).toEqual([count, 0])
  })

  test('a token held is handed out synchronously', async () => {
    const { source } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    expect(source.mint(grant)).toEqual({ token, source: 'cache' })
    expect(endpoint.requests).toHaveLength(1)
  })

  test('all who waited for a failure get that fault, and the endpoint was asked once', async () => {
    endpoint.reply = () => ({ status: 500 })
    const { source } = sourceTowards(endpoint)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => source.mint(grant)))
    expect(endpoint.requests).toHaveLength(1)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'mint.unavailable' } })
    }
  })

  test.each([
    ['ECONNREFUSED', 'mint.unavailable'],
    ['EMFILE', 'gateway.exhausted'],
  ])(
    'a request that ends in %s is %s: the endpoint has no part in what this process lacks',
    async (code, fault) => {
      const failed = new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
      const { source } = sourceTowards(endpoint, { fetch: () => Promise.reject(failed) })
      await expect(source.mint(grant)).rejects.toMatchObject({ code: fault })
    },
  )

  test('nobody waiting any more does not stop the mint: the next call finds its token', async () => {
    const { source } = sourceTowards(endpoint)
    void source.mint(grant)
    await vi.waitFor(() => expect(source.status().state).toBe('ok'))
    expect(source.mint(grant)).toMatchObject({ source: 'cache' })
  })
})

describe('readiness can be read off without a mint', () => {
  test('unknown, ok, failing since the first failure in a row, and the soonest expiry', async () => {
    const { source, clock } = sourceTowards(endpoint)
    expect([source.status(), source.soonestExpiry()]).toEqual([{ state: 'unknown' }, undefined])
    const start = clock.now()
    await source.mint(grant)
    endpoint.reply = () => tokenReply('short', { expires_in: 60 })
    await source.mint(grantFor({ scopes: ['other'] }))
    expect(source.status()).toEqual({ state: 'ok', since: start })
    expect(source.soonestExpiry()).toBe(start + 60_000)
    endpoint.reply = () => ({ status: 500 })
    clock.advance(60)
    await expect(source.mint(grantFor({ scopes: ['other'] }))).rejects.toThrow()
    clock.advance(5)
    await expect(source.mint(grantFor({ scopes: ['other'] }))).rejects.toThrow()
    expect(source.status()).toEqual({ state: 'failing', code: 'mint.unavailable', since: start + 60_000 })
    expect(source.soonestExpiry()).toBe(start + 3_600_000)
    expect(endpoint.requests).toHaveLength(4)
  })
})

test('life counts from when the request was sent, not from when the answer came', async () => {
  const { source, clock } = sourceTowards(endpoint, {
    fetch: async (url, init) => {
      const response = await fetchWithin(5000)(url, init)
      clock.advance(8)
      return response
    },
  })
  const start = clock.now()
  const { token } = await source.mint(grant)
  expect([token.obtainedAt, token.expiresAt]).toEqual([start + 8000, start + 3_600_000])
  endpoint.reply = () => tokenReply('too-late', { expires_in: 8 })
  const late = source.mint(grantFor({ scopes: ['other'] }))
  await expect(late).rejects.toMatchObject({ code: 'mint.invalid-response' })
})

test('no event, token or key shows the token or the secret', async () => {
  const { source, events } = sourceTowards(endpoint)
  const { token } = await source.mint(grant)
  expect(`${JSON.stringify([events, token])} ${String(token)}`).not.toMatch(/token-1|s3cret/)
  expect(JSON.stringify({ token })).toBe(`{"token":"${token.fingerprint}"}`)
  // printf token-1 | sha256sum | cut -c1-16
  expect(token.fingerprint).toBe('3f08aace122ee236')
})
