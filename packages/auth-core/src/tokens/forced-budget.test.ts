import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { grantFor, results, sourceTowards, values } from '../../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const grant = grantFor({ audience: 'https://api.billing.example', scopes: ['read:invoices'] })
const arrived = (count: number) => vi.waitFor(() => expect(endpoint.requests).toHaveLength(count))

describe('a token that the upstream refused is replaced once', () => {
  test('50 refusals of one token cause one mint', async () => {
    const { source, events } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    const replaced = await Promise.all(Array.from({ length: 50 }, () => source.replace(grant, token)))
    expect(endpoint.requests).toHaveLength(2)
    expect(values(replaced)).toEqual(new Set(['token-2']))
    expect(results(events, 'replace').filter((result) => result === 'minted')).toHaveLength(1)
    expect(source.mint(grant)).toMatchObject({ source: 'cache', token: replaced[0]?.token })
  })

  test('who comes late with a token that was replaced already gets the present one', async () => {
    const { source } = sourceTowards(endpoint)
    const { token: first } = await source.mint(grant)
    const { token: second } = await source.replace(grant, first)
    expect(await source.replace(grant, first)).toEqual({ token: second, source: 'cache' })
    expect(endpoint.requests).toHaveLength(2)
  })

  test('an endpoint that hands out the same token again is asked once for it', async () => {
    endpoint.reply = () => tokenReply('always-the-same')
    const { source } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    await Promise.all(Array.from({ length: 50 }, () => source.replace(grant, token)))
    await source.replace(grant, token)
    expect(endpoint.requests).toHaveLength(2)
  })

  test('a refused token is not handed out while its replacement is on the way', async () => {
    const { source } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    const replacing = source.replace(grant, token)
    expect(await source.mint(grant)).toMatchObject({ source: 'shared', token: (await replacing).token })
  })

  test('a refusal during a refresh waits for that refresh', async () => {
    const { source, clock } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    const gate = Promise.withResolvers<void>()
    endpoint.reply = () => gate.promise.then(() => tokenReply('refreshed'))
    clock.advance(0.8 * 3600)
    source.mint(grant)
    await arrived(2)
    const replacing = [source.replace(grant, token), source.mint(grant)]
    gate.resolve()
    expect(values(await Promise.all(replacing))).toEqual(new Set(['refreshed']))
    expect(endpoint.requests).toHaveLength(2)
  })

  test('when no replacement can be had, the refuser learns it, and other calls go on with the old token', async () => {
    const { source, clock } = sourceTowards(endpoint)
    const { token } = await source.mint(grant)
    endpoint.reply = () => ({ status: 503 })
    await expect(source.replace(grant, token)).rejects.toMatchObject({ code: 'mint.unavailable' })
    expect(source.mint(grant)).toEqual({ token, source: 'cache' })
    await expect(source.replace(grant, token)).rejects.toMatchObject({ code: 'mint.unavailable' })
    expect(endpoint.requests).toHaveLength(2)
    endpoint.reply = () => tokenReply('healed')
    clock.advance(1)
    expect(values([await source.mint(grant)])).toEqual(new Set(['healed']))
  })
})

describe('forced mints have a budget', () => {
  test('5 in a row, then one in 10 s, and mint.rejected-by-upstream beyond', async () => {
    const { source, clock, events } = sourceTowards(endpoint)
    let { token } = await source.mint(grant)
    for (let i = 0; i < 5; i++) ({ token } = await source.replace(grant, token))
    expect(endpoint.requests).toHaveLength(6)
    const refused = { code: 'mint.rejected-by-upstream', owner: 'upstream', retryAfterSeconds: 10 }
    await expect(source.replace(grant, token)).rejects.toMatchObject(refused)
    // Without this, the ordinary mint of the next call would be the way around the budget.
    expect(source.mint(grant)).toMatchObject({ source: 'cache', token })
    clock.advance(10)
    ;({ token } = await source.replace(grant, token))
    expect(endpoint.requests).toHaveLength(7)
    await expect(source.replace(grant, token)).rejects.toMatchObject(refused)
    expect(results(events, 'replace').filter((result) => result === 'budget-spent')).toHaveLength(2)
  })

  test('is full again as soon as the upstream takes the present token', async () => {
    const { source } = sourceTowards(endpoint)
    let { token } = await source.mint(grant)
    const old = token
    for (let i = 0; i < 5; i++) ({ token } = await source.replace(grant, token))
    source.accepted(grant, old)
    await expect(source.replace(grant, token)).rejects.toMatchObject({ code: 'mint.rejected-by-upstream' })
    source.accepted(grant, token)
    for (let i = 0; i < 5; i++) ({ token } = await source.replace(grant, token))
    expect(endpoint.requests).toHaveLength(11)
  })

  test('belongs to one token request: another is not affected', async () => {
    const { source } = sourceTowards(endpoint)
    let { token } = await source.mint(grant)
    for (let i = 0; i < 5; i++) ({ token } = await source.replace(grant, token))
    const other = grantFor({ scopes: ['other'] })
    await source.replace(other, (await source.mint(other)).token)
    expect(endpoint.requests).toHaveLength(8)
  })
})
