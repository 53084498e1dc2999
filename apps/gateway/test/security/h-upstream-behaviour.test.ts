import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import {
  fieldValues,
  type RawAnswer,
  rawAnswer,
  resetsConnection,
  sendsThenCloses,
  staysSilent,
} from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { impatient } from '../support/configuration.ts'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'

const get = request('GET /u1/public/x')

/** Rows that answer a GET like this. */
function answered(
  rows: Record<string, string | HostileRow['answer']>,
  status: number | readonly number[],
): HostileRow[] {
  return Object.entries(rows).map(([name, answer]) => ({
    name: `H88 ${name}`,
    send: get,
    status,
    upstream: 1,
    ...(answer === undefined ? {} : { answer }),
  }))
}

const ok = 'HTTP/1.1 200 OK\r\n'
const broken = answered(
  {
    'a length and chunks': `${ok}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'two lengths': `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    'a length that is none': `${ok}Content-Length: x\r\n\r\nab`,
    'a negative length': `${ok}Content-Length: -1\r\n\r\nab`,
    'a coding that is not chunked': sendsThenCloses(`${ok}Transfer-Encoding: gzip\r\n\r\nab`),
    'status 099': 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n',
    'status 600': 'HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n',
    'status 999': 'HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n',
    'status 1000': 'HTTP/1.1 1000 X\r\nContent-Length: 0\r\n\r\n',
    'a thousand interim answers': 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(1000),
    'a header section of 80 KB': `${ok}X: ${'y'.repeat(80_000)}\r\n\r\n`,
    'NUL in a field': `${ok}X: a\x00b\r\nContent-Length: 0\r\n\r\n`,
    'a folded field': `${ok}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`,
    garbage: 'garbage\r\n\r\n',
    'HTTP/0.9': sendsThenCloses('<html>hello</html>'),
    'HTTP/3': 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'nothing, then the end': sendsThenCloses(''),
    'half a header section': sendsThenCloses(`${ok}X: y`),
    'a reset': resetsConnection(),
  },
  502,
)

const bodiless: readonly HostileRow[] = [
  ...answered(
    {
      '204 with a length and a body': 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nabcd',
      '204 chunked': 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
    },
    [204, 502],
  ),
  ...answered(
    { '304 with a length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\nETag: "x"\r\n\r\n' },
    304,
  ),
  {
    name: 'H88 HEAD with a body',
    send: request('HEAD /u1/public/x'),
    answer: `${ok}Content-Length: 4\r\n\r\nwxyz`,
    status: [200, 502],
    upstream: 1,
    expect: (_stage, text) => expect(text).not.toContain('wxyz'),
  },
]

const passes: readonly HostileRow[] = [
  {
    name: 'H88 a bare LF between fields is read and written anew',
    send: get,
    answer: 'HTTP/1.1 200 OK\nX-Kept: 1\nContent-Length: 2\n\nok',
    status: [200, 502],
    upstream: 1,
  },
  ...answered({ 'no length, ended by the connection': sendsThenCloses(`${ok}\r\nthe rest`) }, 200),
  ...answered({ 'a few interim answers': `HTTP/1.1 103 Early Hints\r\n\r\n${rawAnswer(200, 'fine')}` }, 200),
  ...[400, 403, 404, 407, 409, 418, 429, 500, 503, 599].map(
    (status): HostileRow => ({
      name: `H88 ${status} is the upstream’s own answer`,
      send: get,
      answer: rawAnswer(status, '{"mine":true}', { 'X-Own': 'kept' }),
      status,
      upstream: 1,
      expect(_stage, text) {
        expect(text).toContain('{"mine":true}')
        expect(text).toContain('x-own: kept')
        expect(text.toLowerCase()).not.toContain('proxy-status')
      },
    }),
  ),
  {
    name: 'H92 fields of the upstream’s own origin stay behind',
    send: get,
    answer: rawAnswer(200, 'ok', {
      'Set-Cookie': 'session=x',
      'Proxy-Status': 'countersign; error=http_request_denied; details="policy.refused"',
      'Strict-Transport-Security': 'max-age=1',
      'Proxy-Authenticate': 'Basic',
      'Keep-Alive': 'timeout=9',
      'X-Hop': '1',
      Connection: 'x-hop',
      'X-Request-ID': 'not-ours',
    }),
    status: 200,
    upstream: 1,
    expect: (_stage, text) =>
      expect(text.toLowerCase()).not.toMatch(
        /set-cookie|proxy-status|strict-transport|proxy-auth|timeout=9|x-hop|not-ours/,
      ),
  },
  {
    name: 'H93 a redirect is handed on, not followed',
    send: get,
    answer: rawAnswer(302, '', { Location: 'https://elsewhere.example/x' }),
    status: 302,
    upstream: 1,
  },
  {
    name: 'H93 a body that poses as a problem of ours has no Proxy-Status',
    send: get,
    answer: rawAnswer(403, '{"type":"urn:countersign:fault:policy.refused","code":"policy.refused"}', {
      'Content-Type': 'application/problem+json',
      'Proxy-Status': 'countersign; error=http_request_denied',
    }),
    status: 403,
    upstream: 1,
    expect: (_stage, text) => expect(text.toLowerCase()).not.toContain('proxy-status'),
  },
]

const slow: readonly HostileRow[] = [
  {
    name: 'H91 silence before the header section',
    send: get,
    answer: staysSilent(),
    status: 504,
    upstream: 1,
  },
  {
    name: 'H91 silence after an interim answer',
    send: get,
    answer: 'HTTP/1.1 103 Early Hints\r\n\r\n',
    status: 504,
    upstream: 1,
  },
]

/** An answer that quotes what it was sent: `spell` makes of the minted token what stands in the answer. */
function quotes(name: string, spell: (token: string) => RawAnswer): HostileRow {
  return {
    name: `H93 an answer quotes our token, ${name}: the caller does not see it, and it is counted`,
    send: get,
    answer: (request, socket) => {
      const [field = ''] = fieldValues(request.headers, 'authorization')
      const answer = spell(field.slice('Bearer '.length))
      return typeof answer === 'function' ? answer(request, socket) : answer
    },
    status: [200, 302, 404],
    upstream: 1,
    expect(stage, text) {
      expect(text).toMatch(/\*{8,}/)
      expect(stage.gateway.stderr()).toMatch(
        /"upstream":"u1","request_id":"[^"]+","msg":"an answer quoted our cred/,
      )
    },
  }
}
const gzipped = (text: string, fields = '') => {
  const body = gzipSync(text)
  const head = `${ok}Content-Type: application/json\r\nContent-Encoding: gzip\r\n${fields}`
  return { body, head }
}
const echoes: readonly HostileRow[] = [
  quotes('in a field', (token) => rawAnswer(200, 'ok', { 'X-Debug': `Bearer ${token}` })),
  quotes('in a Location', (token) =>
    rawAnswer(302, '', { Location: `https://x.example/#access_token=${token}` }),
  ),
  quotes('in a body', (token) => rawAnswer(404, `{"sent":"${token}"}`)),
  quotes('in a chunked body', (token) => {
    const chunks = [`{"sent":"${token.slice(0, 5)}`, `${token.slice(5)}"}`]
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    return `${ok}Transfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`
  }),
  quotes('percent-encoded and in Base64', (token) =>
    rawAnswer(
      200,
      `${encodeURIComponent(token)} ${Buffer.from(`Authorization: Bearer ${token}`).toString('base64')}`,
    ),
  ),
  quotes('compressed', (token) => {
    const { head, body } = gzipped(`{"sent":"${token}"}`, 'ETag: "x"\r\n')
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body])
  }),
  quotes('compressed and chunked', (token) => {
    const { head, body } = gzipped(`{"sent":"${token}"}`)
    const chunk = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`)
    return Buffer.concat([chunk, body, Buffer.from('\r\n0\r\n\r\n')])
  }),
]
// As clients undo them: without the wrapper that the coding asks for, and with the end missing.
const leniently: readonly HostileRow[] = [
  ['by deflate', 'deflate', deflateSync],
  ['by deflate without its wrapper', 'deflate', deflateRawSync],
  ['with its last bytes missing', 'gzip', (text: string) => gzipSync(text).subarray(0, -8)],
].map(([way, coding, encode]) =>
  quotes(`compressed ${way as string}`, (token) => {
    const body = (encode as typeof gzipSync)(`{"sent":"${token}"}`)
    const head = `${ok}Content-Encoding: ${coding as string}\r\nContent-Length: ${body.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(head), body])
  }),
)
const untouched: readonly HostileRow[] = [
  {
    name: 'H93 a compressed answer without our token passes byte for byte',
    send: get,
    answer: () => {
      const { head, body } = gzipped('{"ok":true}')
      return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body])
    },
    status: 200,
    upstream: 1,
    expect: (_stage, text) => expect(text).toContain(gzipSync('{"ok":true}').toString('latin1')),
  },
]

const tables = {
  'answers that quote our token': [...echoes, ...leniently, ...untouched],
  'answers that are broken': broken,
  'answers without a body': bodiless,
  'answers that pass': passes,
  silence: slow,
}
const stageOf = hostileTables(tables, { adapt: impatient })

describe('answers that break off', () => {
  it.each([
    ['in the middle of its length', sendsThenCloses(`${ok}Content-Length: 10\r\n\r\nhalf`)],
    ['with a chunk that is none', `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nXX\r\n`],
    ['without its last chunk', sendsThenCloses(`${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`)],
    ['in silence', `${ok}Content-Length: 10\r\n\r\nhalf`],
    [
      'with a reset',
      (_request: unknown, socket: import('node:net').Socket) => {
        socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`, () => socket.resetAndDestroy())
      },
    ],
  ])('H90 %s: the caller sees a broken message, never a whole one', async (_name, answer) => {
    const stage = stageOf()
    const check = await beginCase(stage)
    stage.first.answerWith(answer)
    const exchange = await stage.caller.send(get)
    const whole = exchange.responses.filter(({ status }) => status < 400)
    expect(whole).toEqual([])
    expect(exchange.ending).not.toBe('timeout')
    expect(exchange.rest.toString()).not.toContain('problem')
    await check({ responses: exchange.responses, authorised: 1, unanswered: 1 - exchange.responses.length })
  })

  it('H89 bytes behind an answer are never delivered to another caller', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const evil = rawAnswer(200, 'evil')
    stage.first.answerWith(rawAnswer(200, 'good') + evil)
    const exchanges = []
    for (let n = 0; n < 5; n++) exchanges.push(await stage.caller.send(get))
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ text }) => text).filter((text) => text.includes('evil'))).toEqual([])
    await check({ responses, authorised: 5 })
  })

  it('H91 nothing of the upstream’s address is in the answer', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    stage.first.answerWith(resetsConnection())
    const { responses, bytes } = await stage.caller.send(get)
    expect(responses[0]?.status).toBe(502)
    expect(bytes.toString()).not.toContain('127.0.0.1')
    expect(bytes.toString()).not.toContain(String(stage.first.port))
    await check({ responses, authorised: 1 })
  })
})
