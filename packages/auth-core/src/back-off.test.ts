import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedTokenEndpoint, tokenReply } from '../test/scripted-token-endpoint.ts'
import { faultOf, grantFor, results, sourceTowards, values } from '../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const grant = grantFor({ audience: 'https://api.billing.example', scopes: ['read:invoices'] })

describe('a failure is remembered and backed off', () => {
  test('1 s, doubling to 30 s; meanwhile a fresh fault of the same code says how long', async () => {
    endpoint.reply = () => ({ status: 400, body: '{"error":"invalid_client"}' })
    const { source, clock, events } = sourceTowards(endpoint)
    for (const [asked, seconds] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      const first = await faultOf(source.mint(grant))
      expect(first).toMatchObject({ code: 'mint.refused', retryAfterSeconds: seconds })
      clock.advance(seconds - 0.5)
      const second = await faultOf(source.mint(grant))
      expect(second).toMatchObject({ code: 'mint.refused', owner: 'operator', retryAfterSeconds: 1 })
      expect(second).not.toBe(first)
      expect(endpoint.requests).toHaveLength(asked + 1)
      clock.advance(0.5)
    }
    expect(results(events, 'cache')).toContain('failure-remembered')
    endpoint.reply = () => tokenReply('healed')
    expect(values([await source.mint(grant)])).toEqual(new Set(['healed']))
    expect(source.status().state).toBe('ok')
    endpoint.reply = () => ({ status: 500 })
    clock.advance(3600)
    expect(await faultOf(source.mint(grant))).toMatchObject({ retryAfterSeconds: 1 }) // the first in a row again
  })

  test('a shortage of descriptors is none of the endpoint: 1 s, however long it lasts, and the row goes on', async () => {
    const codes = ['ECONNREFUSED', 'ECONNREFUSED', 'EMFILE', 'EMFILE', 'EMFILE', 'ECONNREFUSED']
    const fetch = () => {
      const code = codes.shift()
      return Promise.reject(Object.assign(new Error(code), { code }))
    }
    const { source, clock } = sourceTowards(endpoint, { fetch })
    for (const seconds of [1, 2, 1, 1, 1, 4]) {
      expect(await faultOf(source.mint(grant))).toMatchObject({ retryAfterSeconds: seconds })
      clock.advance(seconds)
    }
    expect(codes).toEqual([])
  })

  test('one key that fails does not hold up another', async () => {
    endpoint.reply = ({ body }) =>
      body.includes('bad') ? { status: 400, body: '{"error":"invalid_scope"}' } : tokenReply('good')
    const { source } = sourceTowards(endpoint)
    await expect(source.mint(grantFor({ scopes: ['bad'] }))).rejects.toMatchObject({ code: 'mint.refused' })
    expect(values([await source.mint(grantFor({ scopes: ['good'] }))])).toEqual(new Set(['good']))
  })

  test.each([
    ['429', '120', 120],
    ['503', '3600', 300],
    ['503', 'Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['429', 'Thu, 01 Jan 1970 00:00:00 GMT', 1],
    ['429', 'soon', 1],
    ['400', '120', 1],
  ])('%s with Retry-After %s is left alone for %i s', async (status, field, seconds) => {
    endpoint.reply = () => ({ status: Number(status), headers: { 'retry-after': field } })
    const { source, clock } = sourceTowards(endpoint)
    await expect(source.mint(grant)).rejects.toMatchObject({ retryAfterSeconds: seconds })
    clock.advance(seconds - 0.1)
    await expect(source.mint(grant)).rejects.toThrow()
    expect(endpoint.requests).toHaveLength(1)
    clock.advance(0.1)
    await expect(source.mint(grant)).rejects.toThrow()
    expect(endpoint.requests).toHaveLength(2)
  })

  test('a clock that is set back does not prolong it', async () => {
    endpoint.reply = () => ({ status: 500 })
    const { source, clock } = sourceTowards(endpoint)
    await expect(source.mint(grant)).rejects.toThrow()
    clock.advance(-3600)
    await expect(source.mint(grant)).rejects.toThrow()
    expect(endpoint.requests).toHaveLength(2)
  })
})
