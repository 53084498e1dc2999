import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Received, ScriptedTokenEndpoint } from '../../test/scripted-token-endpoint.ts'
import {
  credentialOf,
  faultOf,
  fetchWithin,
  grantFor,
  sourceTowards,
} from '../../test/token-source-fixture.ts'
import type { TokenSourceOptions } from './token-source-options.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

async function sent(options: Partial<TokenSourceOptions>, request: Parameters<typeof grantFor>[0] = {}) {
  await sourceTowards(endpoint, options).source.mint(grantFor(request))
  return endpoint.requests[0] as Received
}

describe('the exact secret arrives', () => {
  const secret = 'p w:+%& ü"\\€🔑=-._~*'
  const id = 'client 1:ü+'
  const credential = () => credentialOf(secret, 'v1', id)
  const basic = {
    clientAuth: 'client_secret_basic',
    // Written out by hand, so that encoder and decoder cannot agree on the same mistake.
    authorization: `Basic ${btoa('client+1%3A%C3%BC%2B:p+w%3A%2B%25%26+%C3%BC%22%5C%E2%82%AC%F0%9F%94%91%3D-._%7E*')}`,
  } as const

  test('client_secret_basic with a form', async () => {
    const { headers, body } = await sent({ ...basic, body: 'form', credential })
    expect(headers).toMatchObject({ authorization: basic.authorization })
    expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    expect(body).toBe('grant_type=client_credentials')
  })

  test('client_secret_basic with JSON', async () => {
    const { headers, body } = await sent({ ...basic, body: 'json', credential })
    expect(headers).toMatchObject({ authorization: basic.authorization, 'content-type': 'application/json' })
    expect(body).toBe('{"grant_type":"client_credentials"}')
  })

  test('client_secret_post with a form', async () => {
    const { headers, body } = await sent({ clientAuth: 'client_secret_post', body: 'form', credential })
    expect(headers).not.toHaveProperty('authorization')
    expect(body).toContain(
      'client_id=client+1%3A%C3%BC%2B&client_secret=p+w%3A%2B%25%26+%C3%BC%22%5C%E2%82%AC',
    )
    expect(new URLSearchParams(body).get('client_secret')).toBe(secret)
  })

  test('client_secret_post with JSON', async () => {
    const { headers, body } = await sent({ clientAuth: 'client_secret_post', body: 'json', credential })
    expect(headers).not.toHaveProperty('authorization')
    const expected = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
    expect(JSON.parse(body)).toEqual(expected)
  })

  test('an id and secret that need no encoding arrive as they are, for endpoints that do not decode', async () => {
    const { headers } = await sent({ credential: () => credentialOf('se-cr_et.1', 'v1', 'my-client_1.0') })
    expect(headers.authorization).toBe(`Basic ${btoa('my-client_1.0:se-cr_et.1')}`)
  })
})

describe('exactly what was granted is asked for', () => {
  const request = {
    audience: 'https://api.example/?a=b&c',
    scopes: ['read:invoices', 'write:refunds'],
    resource: ['https://a.example', 'https://b.example'],
  }

  test('in a form', async () => {
    const { method, body } = await sent({ extraParameters: { tenant: 'ü & co' } }, request)
    expect(method).toBe('POST')
    expect([...new URLSearchParams(body)].sort()).toEqual([
      ['audience', 'https://api.example/?a=b&c'],
      ['grant_type', 'client_credentials'],
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
      ['scope', 'read:invoices write:refunds'],
      ['tenant', 'ü & co'],
    ])
  })

  test('in JSON', async () => {
    const { body } = await sent({ body: 'json', extraParameters: { __proto__x: 'y' } }, request)
    expect(JSON.parse(body)).toEqual({
      __proto__x: 'y',
      grant_type: 'client_credentials',
      audience: 'https://api.example/?a=b&c',
      scope: 'read:invoices write:refunds',
      resource: ['https://a.example', 'https://b.example'],
    })
  })
})

test('a redirect is not followed: its target never sees the secret', async () => {
  const trap = await ScriptedTokenEndpoint.start()
  for (const status of [301, 302, 303, 307, 308]) {
    endpoint.reply = () => ({ status, headers: { location: trap.url } })
    const { source } = sourceTowards(endpoint, { clientAuth: 'client_secret_post' })
    expect(await faultOf(source.mint(grantFor()))).toMatchObject({ code: 'mint.invalid-response' })
  }
  expect(trap.requests).toEqual([])
  await trap.stop()
})

describe('an endpoint that does not answer is mint.unavailable', () => {
  const unavailable = (detail: RegExp) => ({
    code: 'mint.unavailable',
    detail: expect.stringMatching(detail),
  })

  test('nobody listens', async () => {
    const gone = await ScriptedTokenEndpoint.start()
    const { source } = sourceTowards(gone)
    await gone.stop()
    expect(await faultOf(source.mint(grantFor()))).toMatchObject(unavailable(/ECONNREFUSED/))
  })

  test.each([
    ['the connection is reset', { reset: true }, /\(/],
    ['nothing comes', { hang: 'headers' }, /TimeoutError/],
    ['the answer never ends', { hang: 'body' }, /broke off/],
  ] as const)('%s', async (_what, reply, detail) => {
    endpoint.reply = () => reply
    const { source } = sourceTowards(endpoint, { fetch: fetchWithin(200) })
    expect(await faultOf(source.mint(grantFor()))).toMatchObject(unavailable(detail))
  })
})
