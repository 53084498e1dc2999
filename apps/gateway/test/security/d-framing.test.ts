import { fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, chunked, request, smuggled } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'

const get = 'GET /u1/public/x'
const post = 'POST /u1/orders'

function upstreamField(stage: Stage, name: string): string[] {
  return fieldValues(stage.first.requests[0]?.headers ?? [], name)
}

function expectMintedCredential(stage: Stage): void {
  const minted = stage.tokens.issued.map((token) => `Bearer ${token}`)
  expect(upstreamField(stage, 'authorization')).toEqual([expect.toBeOneOf(minted)])
}

const expectAndTrailer: readonly HostileRow[] = [
  {
    name: 'D47 Expect: 100-continue cannot keep the caller’s own fields on the request',
    send: `${request(post, 'Expect: 100-continue', 'X-Forwarded-User: root', 'Content-Length: 2')}ab`,
    status: 200,
    upstream: 1,
    expect(stage) {
      expectMintedCredential(stage)
      expect(upstreamField(stage, 'x-forwarded-user')).toEqual([])
      expect(upstreamField(stage, 'expect')).toEqual([])
    },
  },
  { name: 'D47 Expect: x', send: request(get, 'Expect: x'), status: 417 },
  { name: 'D47 Expect: x without a credential', send: bare(get, 'Expect: x'), status: [401, 417] },
  { name: 'D48 Trailer: x on GET', send: request(get, 'Trailer: x'), status: 200, upstream: 1 },
  {
    name: 'D48 Trailer: x on HEAD',
    send: request('HEAD /u1/public/x', 'Trailer: x'),
    status: 200,
    upstream: 1,
  },
  {
    name: 'D48 Trailer: x on POST with a length',
    send: `${request(post, 'Trailer: x', 'Content-Length: 2')}ab`,
    status: 200,
    upstream: 1,
  },
]

/** Fields that a server which counts them would drop, with the framing field last. */
const many = (count: number) => Array.from({ length: count }, () => 'a:')
const manyFields: readonly HostileRow[] = [998, 1500, 1998].flatMap((count) =>
  ['GET /u1/things/x', 'DELETE /u1/things/x', 'POST /u1/things/x'].flatMap((line): HostileRow[] => [
    {
      name: `D49 ${count} fields before Content-Length, ${line}`,
      send: request(line, ...many(count), `Content-Length: ${smuggled.length}`) + smuggled,
      status: 200,
      upstream: 1,
      expect: (stage) => expect(stage.first.requests[0]?.body.toString()).toBe(smuggled),
    },
    {
      name: `D49 ${count} fields before Transfer-Encoding, ${line}`,
      send: request(line, ...many(count), 'Transfer-Encoding: chunked') + chunked(smuggled),
      status: 200,
      upstream: 1,
      expect: (stage) => expect(stage.first.requests[0]?.body.toString()).toBe(smuggled),
    },
    {
      name: `D49 ${count} fields before Host, Authorization and one that is forwarded, ${line}`,
      send: [
        `${line} HTTP/1.1`,
        ...many(count),
        'Host: g',
        'Authorization: Bearer $J',
        'Accept: late',
        '',
        '',
      ].join('\r\n'),
      status: 200,
      upstream: 1,
      expect: (stage) => expect(upstreamField(stage, 'accept')).toEqual(['late']),
    },
  ]),
)

const chunkedBodies: readonly HostileRow[] = ['GET', 'DELETE', 'OPTIONS', 'POST', 'HEAD', 'TRACE'].map(
  (method) => ({
    name: `D50 ${method} with a chunked body that is a request`,
    send: request(`${method} /u1/things/x`, 'Transfer-Encoding: chunked') + chunked(smuggled),
    status: method === 'TRACE' ? [405, 501] : 200,
    upstream: method === 'TRACE' ? 0 : 1,
    expect(stage) {
      if (method !== 'TRACE') expect(stage.first.requests[0]?.body.toString()).toBe(smuggled)
    },
  }),
)

const both = [`Content-Length: 5`, 'Transfer-Encoding: chunked']
const codings = [
  'xchunked',
  ',chunked',
  'chunked,',
  'chunked, identity',
  'gzip, chunked',
  '"chunked"',
  'chunked;x',
  '\x0bchunked',
  'identity',
  'chunked, chunked',
  'gzip',
  '',
  'x, chunked',
  'chunked\t,',
  'Chunked\x00',
  'chun ked',
]
const transferEncodings: readonly HostileRow[] = [
  {
    name: 'D51 length, then chunked',
    send: `${request(post, ...both)}0\r\n\r\n`,
    status: [400, 501],
    closes: true,
  },
  {
    name: 'D51 chunked, then length',
    send: `${request(post, ...both.toReversed())}0\r\n\r\n`,
    status: [400, 501],
    closes: true,
  },
  {
    name: 'D51 chunked twice',
    send: `${request(post, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    status: [400, 501],
    closes: true,
  },
  {
    name: 'D51 chunked on HTTP/1.0',
    send: `${request(post, 'Transfer-Encoding: chunked').replace('1.1', '1.0')}0\r\n\r\n`,
    status: 400,
    closes: true,
  },
  {
    name: 'D51 CHUNKED is chunked',
    send: request(post, 'Transfer-Encoding: CHUNKED') + chunked('ab'),
    status: 200,
    upstream: 1,
  },
  ...codings.map(
    (coding): HostileRow => ({
      name: `D51 Transfer-Encoding: ${JSON.stringify(coding)}`,
      send: `${request(post, `Transfer-Encoding: ${coding}`)}0\r\n\r\n`,
      status: [400, 501],
      closes: true,
    }),
  ),
  ...[' ', '\t', '\x00', '\x0b', '\x7f', '\x80', '\xff'].map(
    (byte): HostileRow => ({
      name: `D51 ${JSON.stringify(byte)} before the colon of Transfer-Encoding`,
      send: `${request(post, `Transfer-Encoding${byte}: chunked`, 'Content-Length: 5')}0\r\n\r\n`,
      status: 400,
      closes: true,
    }),
  ),
]

const lengths: readonly HostileRow[] = [
  ...['+2', '-1', '0x2', '2, 2', '2,2', '', '18446744073709551618', '2 2', '2.0', '２', '1e1', '\x0b2'].map(
    (value): HostileRow => ({
      name: `D52 Content-Length: ${JSON.stringify(value)}`,
      send: `${request(post, `Content-Length: ${value}`)}ab`,
      status: 400,
      closes: true,
    }),
  ),
  {
    name: 'D52 Content-Length: 002 is sent on as 2',
    send: `${request(post, 'Content-Length: 002')}ab`,
    status: 200,
    upstream: 1,
    expect: (stage) => expect(upstreamField(stage, 'content-length')).toEqual(['2']),
  },
  {
    name: 'D52 Content-Length: "2 " is 2',
    send: `${request(post, 'Content-Length: 2 ')}ab`,
    status: 200,
    upstream: 1,
    expect: (stage) => expect(upstreamField(stage, 'content-length')).toEqual(['2']),
  },
  {
    name: 'D52 two equal lengths',
    send: `${request(post, 'Content-Length: 2', 'Content-Length: 2')}ab`,
    status: 400,
    closes: true,
  },
  {
    name: 'D52 two different lengths',
    send: `${request(post, 'Content-Length: 2', 'Content-Length: 3')}ab`,
    status: 400,
    closes: true,
  },
]

const connectionOptions: readonly HostileRow[] = [
  'content-length',
  'transfer-encoding',
  'host',
  'authorization',
  'close, x-gw',
  'via, x-request-id',
  Array.from({ length: 100 }, (_, at) => `x-${at}`).join(', '),
].map((value) => ({
  name: `D53 Connection: ${value.slice(0, 40)}`,
  send: `${request(post, `Connection: ${value}`, 'Content-Length: 2')}ab`,
  status: 200,
  upstream: 1,
  expect(stage) {
    expectMintedCredential(stage)
    expect(upstreamField(stage, 'content-length')).toEqual(['2'])
    expect(stage.first.requests[0]?.body.toString()).toBe('ab')
  },
}))

const hopByHop = ['Keep-Alive', 'TE', 'Proxy-Authorization', 'Proxy-Connection', 'Upgrade', 'HTTP2-Settings']
const ownFields: readonly HostileRow[] = [
  {
    name: 'D54 fields of the connection stay on it',
    send: request(get, ...hopByHop.map((name) => `${name}: secret-of-the-hop`)),
    status: 200,
    upstream: 1,
    expect(stage) {
      expect(stage.first.bytes().toString()).not.toContain('secret-of-the-hop')
      for (const name of hopByHop) expect(upstreamField(stage, name)).toEqual([])
    },
  },
]

const chunkSizes = [
  '0x2',
  ' 2',
  '2 ',
  '+2',
  '2;a=\n',
  '2\n',
  '11111111111111111',
  `2;${'a'.repeat(20_000)}`,
  '',
  '-2',
  '2;a=\x00',
  '2\t',
  '2_',
]
const chunks: readonly HostileRow[] = [
  ...chunkSizes.map(
    (size): HostileRow => ({
      name: `D55 chunk size ${JSON.stringify(size.slice(0, 20))}`,
      send: `${request(post, 'Transfer-Encoding: chunked')}${size}\r\nab\r\n0\r\n\r\n`,
      status: [400, 413, 431],
      closes: true,
    }),
  ),
  {
    name: 'D55 a chunk without its final CRLF',
    send: `${request(post, 'Transfer-Encoding: chunked')}2\r\nabXX0\r\n\r\n`,
    status: 400,
    closes: true,
  },
  {
    name: 'D55 a small chunk extension is dropped',
    send: `${request(post, 'Transfer-Encoding: chunked')}2;a=b\r\nab\r\n0\r\n\r\n`,
    status: 200,
    upstream: 1,
    expect: (stage) => expect(stage.first.bytes().toString()).not.toContain('a=b'),
  },
  {
    name: 'D55 a trailer that names itself a length',
    send: `${request(post, 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n`,
    status: 400,
    closes: true,
  },
  {
    name: 'D55 a trailer that would be a credential is dropped',
    send: `${request(post, 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\nAuthorization: Bearer evil\r\n\r\n`,
    status: 200,
    upstream: 1,
    expect(stage) {
      expect(stage.first.requests[0]?.trailers).toEqual([])
      expect(stage.first.bytes().toString()).not.toContain('evil')
    },
  },
]

const hosts: readonly HostileRow[] = [
  ...[
    '',
    'a b',
    'a@b',
    'a:99999',
    'a:b',
    'a/b',
    'a?b',
    'a,b',
    '[::1',
    'a\\b',
    'é',
    'a:',
    'http://a',
    '..',
    'a..b',
    'a#b',
    '%61',
  ].map(
    (host): HostileRow => ({
      name: `D56 Host: ${JSON.stringify(host)}`,
      send: request(get).replace('Host: g', `Host: ${host}`),
      status: 400,
    }),
  ),
  { name: 'D56 two hosts', send: request(get, 'Host: h'), status: 400, closes: true },
  { name: 'D56 the same host twice', send: request(get, 'Host: g'), status: 400, closes: true },
  {
    name: 'D56 no host on HTTP/1.1',
    send: request(get).replace('Host: g\r\n', ''),
    status: 400,
    closes: true,
  },
  {
    name: 'D56 no host on HTTP/1.0',
    send: request(get).replace('Host: g\r\n', '').replace('1.1', '1.0'),
    status: 200,
    upstream: 1,
  },
  ...['g', 'G.', 'a-b.internal:8080', '127.0.0.1:1', '[::1]:80', 'a_b'].map(
    (host): HostileRow => ({
      name: `D56 Host: ${host} is fine`,
      send: request(get).replace('Host: g', `Host: ${host}`),
      status: 200,
      upstream: 1,
    }),
  ),
]

const lines: readonly HostileRow[] = [
  { name: 'D57 a folded field', send: request(get, 'Accept: a', ' b'), status: 400, closes: true },
  {
    name: 'D57 a folded Authorization',
    send: request(get).replace('Bearer $J', 'Bearer\r\n $J'),
    status: 400,
    closes: true,
  },
  { name: 'D57 a bare CR', send: request(get, 'Accept: a\rX: b'), status: 400, closes: true },
  { name: 'D57 a bare LF', send: request(get, 'Accept: a\nX-Forwarded-User: b'), status: 400, closes: true },
  { name: 'D57 bare LFs only', send: request(get).replaceAll('\r\n', '\n'), status: 400, closes: true },
  { name: 'D57 NUL in a value', send: request(get, 'Accept: a\x00b'), status: 400, closes: true },
  {
    name: 'D57 a space before the first field',
    send: request(get).replace('Host', ' Host'),
    status: 400,
    closes: true,
  },
  {
    name: 'D57 CR LF CR and more',
    send: `${request(get).slice(0, -4)}\r\n\rX: y\r\n\r\n`,
    status: 400,
    closes: true,
  },
  { name: 'D57 a field without a colon', send: request(get, 'nonsense'), status: 400, closes: true },
  { name: 'D57 a field without a name', send: request(get, ': x'), status: 400, closes: true },
]

const startLines: readonly HostileRow[] = [
  ['GET /u1/public/x', 'D58 HTTP/0.9'],
  ['GET /u1/public/x HTTP/1.2', 'D58 HTTP/1.2'],
  ['GET /u1/public/x HTTP/2.0', 'D58 HTTP/2.0'],
  ['GET /u1/public/x HTTP/11', 'D58 HTTP/11'],
  ['GET /u1/public/x http/1.1', 'D58 http/1.1'],
  ['get /u1/public/x HTTP/1.1', 'D58 get'],
  ['G\x00T /u1/public/x HTTP/1.1', 'D58 NUL in the method'],
  ['ABCDEFGHIJKLMNOPQRST /u1/public/x HTTP/1.1', 'D58 a method of 20 letters'],
  ['GET\t/u1/public/x HTTP/1.1', 'D58 a tab'],
  ['PRI * HTTP/2.0', 'D58 the HTTP/2 preface'],
].map(([line, name = '']) => ({
  name,
  send: `${line}\r\nHost: g\r\nAuthorization: Bearer $J\r\n\r\n`,
  status: [400, 405, 501, 505],
  closes: true,
}))

const lenient: readonly HostileRow[] = ['GET  /u1/public/x HTTP/1.1', 'GET /u1/public/x  HTTP/1.1'].map(
  (line) => ({
    name: `D58 ${JSON.stringify(line)} is read by words and written anew`,
    send: `${line}\r\nHost: g\r\nAuthorization: Bearer $J\r\n\r\n`,
    status: 200,
    upstream: 1,
    expect: (stage) => expect(stage.first.requests[0]?.head).toMatch(/^GET \/public\/x HTTP\/1.1\r\n/),
  }),
)

const good = request(get)
const pipelines: readonly HostileRow[] = [
  {
    name: 'D59 good, then no token',
    send: good + bare(get),
    methods: ['GET', 'GET'],
    status: [200, 401],
    upstream: 1,
  },
  {
    name: 'D59 good, then forbidden',
    send: good + request('GET /u1/admin'),
    methods: ['GET', 'GET'],
    status: [200, 403],
    upstream: 1,
  },
  {
    name: 'D59 good, then garbage',
    send: `${good}garbage\r\n\r\n`,
    methods: ['GET', 'GET'],
    status: [200, 400],
    upstream: 1,
    closes: true,
  },
  {
    name: 'D59 no token, then good',
    send: bare(get) + good,
    methods: ['GET', 'GET'],
    status: [401, 200],
    upstream: 1,
  },
  {
    name: 'D59 good, then CONNECT',
    send: `${good}CONNECT evil.test:443 HTTP/1.1\r\nHost: g\r\n\r\n`,
    methods: ['GET', 'CONNECT'],
    status: [200, 501],
    upstream: 1,
    closes: true,
  },
  {
    name: 'D59 good twice, then CONNECT',
    send: `${good}${good}CONNECT evil.test:443 HTTP/1.1\r\nHost: g\r\n\r\n`,
    methods: ['GET', 'GET', 'CONNECT'],
    status: [200, 200, 501],
    upstream: 2,
    closes: true,
  },
  {
    name: 'D59 what ends the connection, then good: that one is neither answered nor sent',
    send: good.replace('Host: g\r\n', '') + request('DELETE /u1/things/1'),
    methods: ['GET', 'DELETE'],
    status: /^400$/,
    upstream: 0,
  },
  {
    name: 'D59 a tunnel that is refused, then good: that one is neither answered nor sent',
    send: `CONNECT evil.test:443 HTTP/1.1\r\nHost: g\r\n\r\n${good}`,
    methods: ['CONNECT', 'GET'],
    status: /^501$/,
    upstream: 0,
  },
  {
    name: 'D59 fifty good ones, the first one slow',
    send: good.repeat(50),
    methods: Array(50).fill('GET'),
    status: Array(50).fill(200),
    upstream: 50,
  },
]

const bodyLengths: readonly HostileRow[] = [
  {
    name: 'D60 what is longer than the length is a request of its own',
    send: `${request(post, 'Content-Length: 2')}abGET /u1/public/x HTTP/1.1\r\nHost: g\r\n\r\n`,
    methods: ['POST', 'GET'],
    status: [200, 401],
    upstream: 1,
  },
  {
    name: 'D60 garbage behind the length',
    send: `${request(post, 'Content-Length: 2')}abcd\r\n\r\n`,
    methods: ['POST', 'GET'],
    status: [200, 400],
    upstream: 1,
    closes: true,
  },
]

/** Fields that frame a message, spelt in ways that have told two servers two lengths. */
const framingLines = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'transfer-encoding:chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked ',
  'Transfer-Encoding: cow',
  'Transfer_Encoding: chunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'Transfer-\xe9ncoding: chunked',
  'Transfer-Encoding: \xa0chunked',
  'Content-Encoding: chunked',
]
const lengthLines = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length : 5',
  'content-length:5',
  'Content_Length: 5',
]
const permutations: readonly HostileRow[] = framingLines.flatMap((framing) =>
  lengthLines.flatMap((length) =>
    [`${framing}\r\n${length}`, `${length}\r\n${framing}`].map((fields) => ({
      name: `D61 ${JSON.stringify(fields)}`,
      send: `${request(post, fields)}0\r\n\r\n${bare('GET /u1/admin', 'Connection: close')}`,
      methods: ['POST', 'GET'],
      status: /^(?:200 401|200 400|400|501)$/,
      upstream: [0, 1],
    })),
  ),
)

const sizes: readonly HostileRow[] = [
  { name: 'D62 a field of 20 KB', send: request(get, `X: ${'y'.repeat(20_000)}`), status: 431, closes: true },
  {
    name: 'D62 a target of 15 KB',
    send: request(`GET /u1/public/${'y'.repeat(15_000)}`),
    status: [200],
    upstream: 1,
  },
  {
    name: 'D62 a target of 17 KB',
    send: request(`GET /u1/public/${'y'.repeat(17_000)}`),
    status: [414, 431],
    closes: true,
  },
  {
    name: 'D62 a body announced as 100 MB',
    send: request(post, 'Content-Length: 104857600'),
    status: 413,
    closes: true,
  },
]

const stageOf = hostileTables({
  'Expect and Trailer': expectAndTrailer,
  'a thousand fields': manyFields,
  'bodies of every method': chunkedBodies,
  'Transfer-Encoding': transferEncodings,
  'Content-Length': lengths,
  Connection: [...connectionOptions, ...ownFields],
  chunks,
  Host: hosts,
  'field lines': lines,
  'start lines': [...startLines, ...lenient],
  pipelines: [...pipelines, ...bodyLengths],
  permutations,
  sizes,
})

describe('requests that break off', () => {
  it.each([
    ['by its length', `${request(post, 'Content-Length: 100')}half`],
    ['by chunks', `${request(post, 'Transfer-Encoding: chunked')}4\r\nhalf\r\n`],
  ])('D60 a body that is shorter than it said, %s, never looks complete upstream', async (_name, bytes) => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const recorded = stage.audit().length
    const connection = await stage.caller.connect()
    await connection.write(stage.caller.fill(bytes))
    await expect.poll(() => stage.first.bytes().toString()).toContain('half')
    connection.socket.end()
    await expect
      .poll(() => stage.audit().slice(recorded).at(-1))
      .toMatchObject({ kind: 'close', code: 'client.gone' })
    await expect.poll(() => stage.first.incomplete).toBe(1)
    await connection.close()
    await check({ responses: [], authorised: 0, unanswered: 1 })
  })

  it('D60 callers who leave with their last byte: each is on record, and nobody waits for an answer to them', async () => {
    const stage = stageOf()
    stage.first.answerWith(() => undefined)
    const recorded = stage.audit().length
    const bytes = stage.caller.fill(good)
    for (let caller = 0; caller < 20; caller++) {
      const { socket } = await stage.caller.connect()
      socket.write(bytes)
      socket.resetAndDestroy()
    }
    const codes = () =>
      stage
        .audit()
        .slice(recorded)
        .flatMap(({ kind, code }) => (kind === 'close' ? [code] : []))
    await expect.poll(codes).toEqual(Array(20).fill('client.gone'))
    stage.first.answerWith(rawAnswer(200, 'fine'))
    expect((await stage.caller.send(good)).responses[0]?.status).toBe(200)
  })

  it('D55 a chunk that is none, behind one that went upstream: one 400, and the message upstream stays incomplete', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const connection = await stage.caller.connect()
    await connection.write(stage.caller.fill(request(post, 'Transfer-Encoding: chunked')))
    await connection.write('4\r\nhalf\r\n')
    await expect.poll(() => stage.first.bytes().toString()).toContain('half')
    await connection.write('nonsense\r\n')
    const { responses, rest } = stage.caller.keep(await connection.read(['POST', 'POST']))
    expect(responses.map(({ status }) => status)).toEqual([400])
    expect(rest).toHaveLength(0)
    await check({ responses, authorised: 0 })
  })

  it('D59 what comes behind a request that ends the connection is not answered, and cuts nothing off', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    stage.first.answerWith(rawAnswer(200, 'x'.repeat(100_000)))
    const bytes = `${request(get, 'Connection: close')}garbage\r\n\r\n${request(get)}`
    const { responses, rest } = await stage.caller.send(bytes, { methods: ['GET', 'GET'] })
    expect(responses.map(({ status, body }) => [status, body.length])).toEqual([[200, 100_000]])
    expect(rest).toHaveLength(0)
    await check({ responses, authorised: 1 })
  })

  it('D59 two thousand requests at once: cut off, and the process lives', async () => {
    const stage = stageOf()
    stage.first.answerWith(rawAnswer(200, 'fine'))
    const { responses } = await stage.caller.send(good.repeat(2000), { methods: Array(2000).fill('GET') })
    expect(responses.length).toBeLessThan(2000)
    expect((await stage.caller.send(good)).responses[0]?.status).toBe(200)
  })

  it.each([
    ['header sections', 200, request(get, `X: ${'x'.repeat(14_000)}`)],
    ['bodies', 50, `${request(post, 'Content-Length: 60000')}${'x'.repeat(60_000)}`],
  ])('D59 long %s, %d at once behind a slow one: cut off, and not held', async (_what, count, long) => {
    const stage = stageOf()
    stage.first.answerWith(() => undefined)
    const connection = await stage.caller.connect()
    await connection.write(stage.caller.fill(good))
    await stage.first.received(1)
    await connection.write(stage.caller.fill(long).repeat(count))
    const { ending } = await connection.read(['GET'])
    expect(ending).toMatch(/closed|reset/)
    await expect.poll(() => stage.audit().at(-1)).toMatchObject({ code: 'client.gone' })
    stage.first.answerWith(rawAnswer(200, 'fine'))
    expect((await stage.caller.send(good)).responses[0]?.status).toBe(200)
  })

  it('D62 a body of 100 MB: refused while it arrives, and the memory stays', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const before = await residentBytes(stage)
    const connection = await stage.caller.connect()
    await connection.write(stage.caller.fill(request(post, 'Transfer-Encoding: chunked')))
    const block = `100000\r\n${'x'.repeat(0x100000)}\r\n`
    for (let sent = 0; sent < 100 && connection.socket.writable; sent++) await connection.write(block)
    const { responses } = stage.caller.keep(await connection.read(['POST']))
    expect(responses.map(({ status }) => status)).toEqual(expect.toBeOneOf([[413], []]))
    await connection.close()
    expect((await residentBytes(stage)) - before).toBeLessThan(100 * 1024 * 1024)
    await expect.poll(() => stage.audit().at(-1)?.code).toBe('request.too-large')
    await check({ responses, authorised: 0, unanswered: 1 - responses.length })
  })
})

async function residentBytes(stage: Stage): Promise<number> {
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await stage.metrics())?.[1])
}
