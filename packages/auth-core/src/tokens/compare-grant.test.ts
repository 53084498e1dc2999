import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { grantFor, sourceTowards } from '../../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

describe('granted is compared with asked', () => {
  const same = { furtherAudience: false, longLived: false }
  const asked = grantFor({ audience: 'https://api.example', scopes: ['a', 'b'] })
  const jwtFor = (aud: unknown) => `${part({ alg: 'RS256' })}.${part({ aud })}.c2ln`
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each([
    ['fewer scopes', 'opaque', 'a', { missing: ['b'], surplus: [], ...same, otherAudience: false }],
    ['no scope at all', 'opaque', '', { missing: ['a', 'b'], surplus: [], ...same, otherAudience: false }],
    ['more scopes', 'opaque', 'b a c', { missing: [], surplus: ['c'], ...same, otherAudience: false }],
    [
      'the audience among others',
      jwtFor(['x', 'https://api.example']),
      undefined,
      { missing: [], surplus: [], ...same, otherAudience: false, furtherAudience: true },
    ],
    [
      'another audience',
      jwtFor(['x']),
      undefined,
      { missing: [], surplus: [], ...same, otherAudience: true },
    ],
  ])('%s is reported, and with strict refused', async (_what, value, scope, difference) => {
    endpoint.reply = () => tokenReply(value, { scope })
    const { source, events } = sourceTowards(endpoint)
    const { token } = await source.mint(asked)
    expect(token.grantedScopes).toEqual(scope?.split(' ').filter(Boolean).sort())
    expect(events).toContainEqual({ type: 'granted-differs', upstream: 'billing', difference })
    const strict = sourceTowards(endpoint, { strict: true }).source.mint(asked)
    await expect(strict).rejects.toMatchObject({ code: 'mint.invalid-response' })
  })

  test('a life beyond what is wanted is reported, and not used; with strict refused', async () => {
    endpoint.reply = () => tokenReply('opaque', { expires_in: 7200 })
    const { source, events, clock } = sourceTowards(endpoint, { maxLifetimeSeconds: 600 })
    const { token } = await source.mint(asked)
    expect(token.expiresAt - clock.now()).toBe(600_000)
    expect(events).toContainEqual(
      expect.objectContaining({
        difference: expect.objectContaining({ longLived: true, otherAudience: false }),
      }),
    )
    const strict = sourceTowards(endpoint, { maxLifetimeSeconds: 600, strict: true }).source.mint(asked)
    await expect(strict).rejects.toMatchObject({ code: 'mint.invalid-response' })
  })

  test.each([
    ['the same in another order', 'opaque', 'b  a b'],
    ['nothing said', 'opaque', undefined],
    ['the audience alone', jwtFor('https://api.example'), undefined],
  ])('%s is as asked', async (_what, value, scope) => {
    endpoint.reply = () => tokenReply(value, { scope })
    const { source, events } = sourceTowards(endpoint, { strict: true })
    await source.mint(asked)
    expect(events.filter(({ type }) => type === 'granted-differs')).toEqual([])
  })
})
