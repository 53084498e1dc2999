// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { shareWorld } from '../support/share-world.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** Characters that an encoding could lose or a parser could split at. */
const apiKey = 'key-0f3a&x=1+%;ä'
const apiSecret = 'secret-77b1'
const clientSecret = 'client-secret-of-u1'
const encoded = (text: string) => encodeURIComponent(text)

let stage: Stage
shareWorld(
  () =>
    openStage({
      files: { 'key.secret': apiKey, 'api.secret': apiSecret, 'header.secret': 'header-key-1' },
      adapt(usual) {
        const u1 = usual.upstreams.u1 as Record<string, unknown>
        u1.schemes = {
          token: { authorization: 'bearer' },
          application: { authorization: 'basic' },
          'key-secret': { authorization: 'none', query: { api_key: 'api_key', apisecret: 'api_secret' } },
          both: {
            authorization: 'bearer',
            query: { api_key: 'api_key' },
            headers: { 'X-Api-Key': 'header_key' },
          },
        }
        u1.credential = {
          client_id: 'gateway-at-u1',
          client_secret: '${file:./u1.secret}',
          api_key: '${file:./key.secret}',
          api_secret: '${file:./api.secret}',
          header_key: '${file:./header.secret}',
        }
        u1.operations = {
          'things.token': { route: 'GET /token/{id}' },
          'things.basic': { route: 'GET /basic/{id}', scheme: 'application' },
          'things.query': { route: 'GET /query/{id}', scheme: 'key-secret' },
          'things.guarded': { route: 'GET /guarded/{id}', forbid_query: ['includeProviderAuth'] },
          'things.both': { route: 'GET /both/{id}', scheme: 'both' },
        }
        usual.upstreams.static = {
          url: u1.url as string,
          token: 'none',
          credential: { api_key: '${file:./header.secret}' },
          schemes: {
            word: { authorization: { word: 'Token', member: 'api_key' } },
            field: { authorization: 'none', headers: { 'x-key': 'api_key' } },
          },
          operations: {
            'things.word': { route: 'GET /word/{id}' },
            'things.field': { route: 'GET /field/{id}', scheme: 'field' },
          },
        }
        Object.assign(usual.services['svc-a'] as object, {
          allow: ['u1', 'static'].map((upstream) => ({ upstream, operations: ['things.*'] })),
        })
      },
    }),
  (opened) => {
    stage = opened
  },
)
beforeEach(() => {
  stage.first.forget()
  stage.tokens.forget()
  stage.first.answerWith(rawAnswer(200, 'fine'))
})

const get = (target: string, ...fields: string[]) => getFrom('u1', target, ...fields)

async function getFrom(upstream: string, target: string, ...fields: string[]): Promise<string> {
  const lines = [
    `GET /${upstream}${target} HTTP/1.1`,
    'Host: g',
    'Authorization: Bearer $J',
    ...fields,
    'Connection: close',
  ]
  const { bytes } = await stage.caller.send(`${lines.join('\r\n')}\r\n\r\n`)
  return bytes.toString('latin1')
}
const seen = () => stage.first.requests[0] ?? { target: '', headers: [] }

describe('each operation shows the credential that its scheme says', () => {
  it('the minted token', async () => {
    expect(await get('/token/1')).toMatch(/^HTTP\/1.1 200 /)
    expect(fieldValues(seen().headers, 'authorization')).toEqual([`Bearer ${stage.tokens.issued.at(-1)}`])
    expect(seen().target).toBe('/token/1')
  })

  it('client id and secret, without asking for a token', async () => {
    expect(await get('/basic/1')).toMatch(/^HTTP\/1.1 200 /)
    const basic = Buffer.from(`gateway-at-u1:${clientSecret}`).toString('base64')
    expect(fieldValues(seen().headers, 'authorization')).toEqual([`Basic ${basic}`])
    expect(stage.tokens.count).toBe(0)
  })

  it('keys in the query, and no Authorization at all', async () => {
    expect(await get('/query/1?a=1')).toMatch(/^HTTP\/1.1 200 /)
    expect(seen().target).toBe(`/query/1?a=1&api_key=${encoded(apiKey)}&apisecret=${apiSecret}`)
    expect(fieldValues(seen().headers, 'authorization')).toEqual([])
    expect(stage.tokens.count).toBe(0)
  })

  it('a token, a parameter and a field together, the token last', async () => {
    await get('/both/1')
    expect(seen().target).toBe(`/both/1?api_key=${encoded(apiKey)}`)
    expect(fieldValues(seen().headers, 'x-api-key')).toEqual(['header-key-1'])
    expect(seen().headers.at(-1)?.[0]).toBe('authorization')
  })
})

describe('an upstream without any token', () => {
  it('gets the key behind the word of its scheme, and no other Authorization', async () => {
    expect(await getFrom('static', '/word/1')).toMatch(/^HTTP\/1.1 200 /)
    expect(fieldValues(seen().headers, 'authorization')).toEqual(['Token header-key-1'])
    expect(stage.tokens.count).toBe(0)
  })

  it('or in a field of its own, the caller’s copy gone', async () => {
    expect(await getFrom('static', '/field/1', 'X-Key: mine')).toMatch(/^HTTP\/1.1 200 /)
    expect(fieldValues(seen().headers, 'x-key')).toEqual(['header-key-1'])
    expect(fieldValues(seen().headers, 'authorization')).toEqual([])
  })

  it('a refusal of the key is the operator’s', async () => {
    stage.first.answerWith(rawAnswer(401, 'no'))
    expect(await getFrom('static', '/word/1')).toMatch(/^HTTP\/1.1 502 [\s\S]*upstream.credential-refused/)
  })
})

describe('of the caller’s own copies upstream sees none', () => {
  it.each([
    'api_key=mine',
    'API_KEY=mine',
    'api%5Fkey=mine',
    'api_key[]=mine',
    'api_key=mine&api_key=mine',
    'b=1;api_key=mine',
    'apisecret=mine',
    'api%255Fkey=mine',
  ])('?%s', async (query) => {
    for (const path of ['token', 'basic', 'query', 'both']) {
      stage.first.forget()
      await get(`/${path}/1?${query}`)
      expect(seen().target).not.toContain('mine')
      const keys = new URL(seen().target, 'http://u').searchParams.getAll('api_key')
      expect(keys).toEqual(path === 'query' || path === 'both' ? [apiKey] : [])
    }
  })

  it('fields go as well', async () => {
    await get('/both/1', 'X-Api-Key: mine', 'x_api_key: mine', 'Cookie: mine')
    expect(stage.first.bytes().toString('latin1')).not.toContain('mine')
    expect(fieldValues(seen().headers, 'x-api-key')).toEqual(['header-key-1'])
  })
})

describe('a secret of ours comes back nowhere', () => {
  const quotesTheQuery = (status: string) =>
    stage.first.answerWith(
      ({ target }) =>
        `HTTP/1.1 ${status}\r\nLocation: https://u1.example${target}&next=2\r\nContent-Location: ${target}\r\n` +
        `Link: <https://u1.example${target}>; rel="next"\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n`,
    )

  it('in a redirect it is taken out, and the rest of the address stays', async () => {
    quotesTheQuery('302 Found')
    const answer = await get('/query/1?a=1')
    expect(answer).toContain('location: https://u1.example/query/1?a=1&next=2\r\n')
    expect(answer).toContain('x-kept: 1')
  })

  it('nor in the record, the metrics, the log or a problem', async () => {
    quotesTheQuery('201 Created')
    let everything = await get('/query/1')
    stage.first.answerWith('garbage\r\n\r\n')
    everything += await get('/query/2')
    stage.first.answerWith(rawAnswer(401, 'no'))
    everything += await get('/query/3')
    everything += JSON.stringify(stage.audit()) + (await stage.metrics())
    everything += stage.gateway.stdout() + stage.gateway.stderr()
    const basic = Buffer.from(`gateway-at-u1:${clientSecret}`).toString('base64')
    for (const secret of [apiKey, encoded(apiKey), 'key-0f3a', apiSecret, clientSecret, basic]) {
      expect(everything).not.toContain(secret)
    }
  })

  it('the record names what was shown by a fingerprint, and that it was configured', async () => {
    await get('/basic/1')
    expect(stage.audit().at(-1)).toMatchObject({
      token_source: 'configured',
      token: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })
})

describe('a query parameter that the operation forbids', () => {
  it.each([
    'includeProviderAuth=true',
    'includeProviderAuth',
    'a=1&INCLUDEPROVIDERAUTH=true',
    'include%50roviderAuth=true',
    'include%2550roviderAuth=1',
    'includeProviderAuth[]=true',
    'a=1;includeProviderAuth=true',
    'include_provider_auth=true',
    'includeProviderAuth%00=true',
    'includeProviderAuth%3Dtrue',
  ])('?%s is refused, whatever the rules say, and nothing is minted or sent', async (query) => {
    const answer = await get(`/guarded/1?${query}`)
    expect(answer).toMatch(
      /^HTTP\/1.1 403 [\s\S]*policy.refused[\s\S]*with the query parameter includeProviderAuth/,
    )
    expect(stage.first.requests).toHaveLength(0)
    expect(stage.tokens.count).toBe(0)
    expect(stage.audit().at(-1)).toMatchObject({ detail: expect.stringContaining('includeProviderAuth') })
  })

  it.each(['?pingProvider=true', '?q=includeProviderAuth', ''])('%s goes through', async (query) => {
    expect(await get(`/guarded/1${query}`)).toMatch(/^HTTP\/1.1 200 /)
    expect(seen().target).toBe(`/guarded/1${query}`)
  })
})

it('a refused credential is the operator’s, is not tried twice and asks for no token', async () => {
  stage.first.answerWith(rawAnswer(401, 'no'))
  expect(await get('/basic/1')).toMatch(/^HTTP\/1.1 502 [\s\S]*upstream.credential-refused[\s\S]*"operator"/)
  expect(stage.first.requests).toHaveLength(1)
  expect(stage.tokens.count).toBe(0)
})
