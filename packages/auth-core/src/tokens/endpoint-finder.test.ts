import { expect, test } from 'vitest'
import { ManualClock } from '../../test/token-source-fixture.ts'
import { createEndpointFinder } from './endpoint-finder.ts'

const issuer = 'https://as.example/tenant'
const wellKnown = 'https://as.example/.well-known/oauth-authorization-server/tenant'
const openId = 'https://as.example/tenant/.well-known/openid-configuration'
const good = { issuer, token_endpoint: 'https://login.example/token' }

/** A finder among these documents; a number is a status without one. */
function finderAmong(documents: Record<string, object | number>, mtls = false) {
  const clock = new ManualClock()
  const asked: string[] = []
  const find = createEndpointFinder({
    ...{ issuer, mtls, clock },
    fetch: async (url) => {
      asked.push(url)
      const document = documents[url] ?? 404
      return typeof document === 'number' ? new Response(null, { status: document }) : Response.json(document)
    },
  })
  return { find: async () => (await find()).href, asked, clock, documents }
}

test('RFC 8414: the issuer’s path comes behind the well-known part, and the answer is remembered for an hour', async () => {
  const { find, asked, clock } = finderAmong({ [wellKnown]: good })
  expect(await Promise.all([find(), find()])).toEqual([good.token_endpoint, good.token_endpoint])
  clock.advance(3599)
  await find()
  expect(asked).toEqual([wellKnown])
  clock.advance(2)
  await find()
  expect(asked).toHaveLength(2)
})

test('where there is none, that of OpenID Connect Discovery', async () => {
  const { find, asked } = finderAmong({ [openId]: good })
  expect(await find()).toBe(good.token_endpoint)
  expect(asked).toEqual([wellKnown, openId])
})

test('RFC 8705 5: with a certificate, the address for those who show one', async () => {
  const document = { ...good, mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example/token' } }
  expect(await finderAmong({ [wellKnown]: document }, true).find()).toBe('https://mtls.example/token')
  expect(await finderAmong({ [wellKnown]: document }).find()).toBe(good.token_endpoint)
})

test.each<[string, object | number, string]>([
  ['another issuer', { ...good, issuer: 'https://as.example' }, 'mint.invalid-response'],
  ['the issuer with a slash', { ...good, issuer: `${issuer}/` }, 'mint.invalid-response'],
  ['no endpoint', { issuer }, 'mint.invalid-response'],
  ['plain http', { issuer, token_endpoint: 'http://as.example/token' }, 'mint.invalid-response'],
  ['no address', { issuer, token_endpoint: 7 }, 'mint.invalid-response'],
  ['a redirect', 302, 'mint.invalid-response'],
  ['an outage', 503, 'mint.unavailable'],
])(
  '%s: no secret is sent anywhere, and the server is not asked by every call',
  async (_what, document, code) => {
    const { find, asked } = finderAmong({ [wellKnown]: document })
    await expect(find()).rejects.toMatchObject({ code })
    await expect(find()).rejects.toMatchObject({ code })
    expect(asked).toHaveLength(1)
  },
)

test('a known address outlives the metadata’s outage', async () => {
  const { find, clock, documents } = finderAmong({ [wellKnown]: good })
  await find()
  documents[wellKnown] = 503
  clock.advance(7200)
  expect(await find()).toBe(good.token_endpoint)
})
