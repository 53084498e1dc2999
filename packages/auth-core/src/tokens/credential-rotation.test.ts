import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Reply, ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { credentialOf, grantFor, results, sourceTowards } from '../../test/token-source-fixture.ts'
import type { Credential } from './credential.ts'

let endpoint: ScriptedTokenEndpoint
let accepted: string[]
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
  accepted = ['old']
  endpoint.reply = ({ body }) => {
    const secret = new URLSearchParams(body).get('client_secret') ?? ''
    return accepted.includes(secret) ? tokenReply(`of-${secret}-${endpoint.requests.length}`) : refusal
  }
})
afterEach(() => endpoint.stop())

const refusal: Reply = { status: 401, body: JSON.stringify({ error: 'invalid_client' }) }
const grant = grantFor({ scopes: ['a'] })
const other = grantFor({ scopes: ['b'] })

function rotating() {
  let credential: Credential = credentialOf('old', 'v1')
  const made = sourceTowards(endpoint, { clientAuth: 'client_secret_post', credential: () => credential })
  const rotateTo = (secret: string) => {
    credential = credentialOf(secret, `version of ${secret}`)
  }
  const minted = async (asked = grant) => (await made.source.mint(asked)).token.value.reveal()
  return { ...made, rotateTo, minted, asked: () => endpoint.requests.map(secretOf) }
}
const secretOf = ({ body }: { body: string }) => new URLSearchParams(body).get('client_secret')

describe('a changed credential', () => {
  test('serves once it got a token; until then the old token does, and nobody waits', async () => {
    const { source, minted, rotateTo, events } = rotating()
    await minted()
    accepted = ['old', 'new']
    rotateTo('new')
    expect(source.mint(grant)).toMatchObject({ source: 'cache' })
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['adopted']))
    expect(await minted()).toBe('of-new-2')
    expect(endpoint.requests).toHaveLength(2)
  })

  test('that is refused leaves the one before it serving, is reported, and is tried again', async () => {
    const { minted, rotateTo, events, clock, source, asked } = rotating()
    await minted()
    rotateTo('new')
    for (let n = 0; n < 20; n++) expect(await minted()).toBe('of-old-1')
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['refused']))
    expect(await minted(other)).toBe('of-old-3')
    expect(source.status().state).toBe('ok')
    accepted = ['new']
    clock.advance(2)
    expect(await minted()).toBe('of-old-1')
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['refused', 'adopted']))
    expect(await minted()).toBe('of-new-4')
    expect(asked()).toEqual(['old', 'new', 'old', 'new'])
  })

  test('before anything was minted: the first call finds out, and does not fail', async () => {
    const { minted, rotateTo } = rotating()
    const first = rotating()
    first.rotateTo('new')
    expect(await first.minted()).toBe('of-old-2')
    rotateTo('new')
    accepted = ['new']
    expect(await minted()).toBe('of-new-3')
  })

  test('that worked and is refused later falls back, and comes back by itself', async () => {
    const { minted, rotateTo, events, clock } = rotating()
    await minted()
    accepted = ['old', 'new']
    rotateTo('new')
    await minted()
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['adopted']))
    accepted = ['old']
    expect(await minted(other)).toMatch(/^of-old/)
    expect(results(events, 'credential')).toEqual(['adopted', 'refused', 'fallback'])
    accepted = ['new']
    clock.advance(2)
    await minted()
    await vi.waitFor(() => expect(results(events, 'credential').at(-1)).toBe('adopted'))
    expect(await minted()).toMatch(/^of-new/)
  })

  test('is not blamed for a scope: nothing falls back, and the fault is told', async () => {
    const { minted, rotateTo, asked } = rotating()
    await minted()
    accepted = ['old', 'new']
    rotateTo('new')
    await minted()
    await vi.waitFor(async () => expect(await minted()).toMatch(/^of-new/))
    endpoint.reply = () => ({ status: 400, body: JSON.stringify({ error: 'invalid_scope' }) })
    await expect(minted(other)).rejects.toMatchObject({ code: 'mint.refused' })
    expect(asked()).toEqual(['old', 'new', 'new'])
  })

  test('both refused: the fault is that of the newest, and a further change is tried at once', async () => {
    const { minted, rotateTo } = rotating()
    accepted = []
    rotateTo('new')
    await expect(minted()).rejects.toMatchObject({ code: 'mint.refused' })
    accepted = ['third']
    rotateTo('third')
    expect(await minted()).toMatch(/^of-third/)
  })

  test('that is silence to the endpoint, as a certificate is, falls back as well', async () => {
    const { minted, rotateTo } = rotating()
    const reply = endpoint.reply
    endpoint.reply = (request) => (secretOf(request) === 'new' ? { status: 503 } : reply(request))
    rotateTo('new')
    expect(await minted()).toMatch(/^of-old/)
  })

  test('is not undone by an answer to the old one that comes late', async () => {
    const { minted, rotateTo, events } = rotating()
    await minted()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const reply = endpoint.reply
    endpoint.reply = async (request) => {
      if (secretOf(request) === 'old') await released
      return reply(request)
    }
    const late = minted(other)
    await vi.waitFor(() => expect(endpoint.requests).toHaveLength(2))
    accepted = ['old', 'new']
    rotateTo('new')
    await minted()
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['adopted']))
    release()
    expect(await late).toMatch(/^of-old/)
    expect(await minted()).toMatch(/^of-new/)
    expect(await minted(other)).toMatch(/^of-new/)
    expect(results(events, 'credential')).toEqual(['adopted'])
  })

  test('in fall-back does not make a request that fails for another reason be sent again and again', async () => {
    const { minted, rotateTo, events, clock } = rotating()
    await minted()
    accepted = ['old', 'new']
    rotateTo('new')
    await minted()
    await vi.waitFor(() => expect(results(events, 'credential')).toEqual(['adopted']))
    accepted = ['old']
    await minted(other)
    clock.advance(2)
    endpoint.reply = () => ({ status: 400, body: JSON.stringify({ error: 'invalid_scope' }) })
    const before = endpoint.requests.length
    const third = grantFor({ scopes: ['c'] })
    for (let n = 0; n < 10; n++) await expect(minted(third)).rejects.toMatchObject({ code: 'mint.refused' })
    expect(endpoint.requests).toHaveLength(before + 1)
  })

  test('taken back is no new one', async () => {
    const { minted, rotateTo, asked } = rotating()
    await minted()
    rotateTo('new')
    await minted()
    await vi.waitFor(() => expect(asked()).toEqual(['old', 'new']))
    rotateTo('old')
    expect(await minted()).toMatch(/^of-old/)
  })
})
