import { gzipSync } from 'node:zlib'
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../support/stage.ts'

const rules = [
  { upstream: 'u1', operations: ['orders.create', 'reports.run'], when: 'request.body.role == "viewer"' },
  { upstream: 'u1', operations: ['public.read'], when: 'request.headers["x-team"] == "a"' },
  { upstream: 'u1', operations: ['still.x'], when: 'request.query.role == "viewer"' },
  { upstream: 'u1', operations: ['things.get'], limit: '2/day' },
  { upstream: 'u1', operations: ['things.*'] },
  { upstream: 'u1', operations: ['still.dots'], mode: 'shadow', when: 'request.path.name == "only"' },
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage({
    adapt(usual) {
      Object.assign(usual.services['svc-a'] as object, { allow: rules })
    },
  })
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => {
  stage.first.forget()
  stage.first.answerWith(rawAnswer(200, 'fine'))
})

/** Sends one request and returns its answer. The body's characters are its bytes. */
async function send(line: string, fields: readonly string[] = [], body = '') {
  const head = [
    `${line} HTTP/1.1`,
    'Host: g',
    'Authorization: Bearer $J',
    ...fields,
    'Connection: close',
    '',
    '',
  ]
  const { responses } = await stage.caller.send(`${head.join('\r\n')}${body}`)
  const [response] = responses
  if (!response) throw new Error('no answer')
  return response
}

const json = 'Content-Type: application/json'
const sized = (body: string, ...fields: string[]) => [...fields, `Content-Length: ${body.length}`]
const chunked = (body: string, at: number) =>
  [body.slice(0, at), body.slice(at), ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')

describe('what was judged is what is sent, byte for byte', () => {
  const body = ' {"n":1.0,\t"role":"view\\u0065r" , "\u00c3\u00a4":"\\/"}\r\n'

  it('of a known length', async () => {
    expect((await send('POST /u1/orders', sized(body, json), body)).status).toBe(200)
    const [request] = stage.first.requests
    expect(request?.body.toString('latin1')).toBe(body)
    expect(request && fieldValues(request.headers, 'content-length')).toEqual([String(body.length)])
    expect(request && fieldValues(request.headers, 'content-type')).toEqual(['application/json'])
  })

  it('of a chunked one', async () => {
    expect(
      (await send('POST /u1/orders', [json, 'Transfer-Encoding: chunked'], chunked(body, 7))).status,
    ).toBe(200)
    expect(stage.first.requests.map((request) => request.body.toString('latin1'))).toEqual([body])
    expect(stage.first.violations).toEqual([])
  })

  it('of a replay', async () => {
    stage.first.answerWith(rawAnswer(401, ''))
    expect((await send('POST /u1/reports', sized(body, json), body)).status).toBe(502)
    expect(stage.first.requests.map((request) => request.body.toString('latin1'))).toEqual([body, body])
  })
})

describe('a body that can be read in two ways is refused, and nothing is sent', () => {
  const viewer = '{"role":"viewer"}'
  const gzipped = gzipSync(viewer).toString('latin1')
  const large = `{"role":"viewer","pad":"${'x'.repeat(256 * 1024)}"}`
  it.each<[string, readonly string[], string, number]>([
    [
      'duplicate members',
      sized('{"role":"viewer","role":"owner"}', json),
      '{"role":"viewer","role":"owner"}',
      400,
    ],
    ['something behind it', sized(`${viewer}{}`, json), `${viewer}{}`, 400],
    ['not JSON by its type', sized(viewer, 'Content-Type: text/plain'), viewer, 400],
    ['no type', sized(viewer), viewer, 400],
    ['another charset', sized(viewer, 'Content-Type: application/json; charset=utf-7'), viewer, 400],
    ['a coding', sized(gzipped, json, 'Content-Encoding: gzip'), gzipped, 400],
    ['not UTF-8', sized('{"role":"viewer","x":"\xff"}', json), '{"role":"viewer","x":"\xff"}', 400],
    ['too long, and says so', sized(large, json), '', 413],
    ['too long, and does not say so', [json, 'Transfer-Encoding: chunked'], chunked(large, 1000), 413],
    ['another role', sized('{"role":"owner"}', json), '{"role":"owner"}', 403],
    ['none', [json, 'Content-Length: 0'], '', 403],
  ])('%s', async (_what, fields, body, status) => {
    expect((await send('POST /u1/orders', fields, body)).status).toBe(status)
    expect(stage.first.requests).toHaveLength(0)
    expect(stage.first.incomplete).toBe(0)
  })
})

describe('a condition never sees one of several values', () => {
  it.each([
    ['one field', 'GET /u1/public/a', ['X-Team: a'], 200],
    ['two fields', 'GET /u1/public/a', ['X-Team: a', 'x-team: b'], 403],
    ['two in one field', 'GET /u1/public/a', ['X-Team: a, b'], 403],
    ['no field', 'GET /u1/public/a', [], 403],
    ['one parameter', 'GET /u1/x?role=viewer', [], 200],
    ['two parameters', 'GET /u1/x?role=viewer&role=owner', [], 403],
    ['two spellings', 'GET /u1/x?role=viewer&r%6Fle=owner', [], 403],
    ['brackets', 'GET /u1/x?role=viewer&role[]=owner', [], 403],
  ])('%s', async (_what, line, fields, status) => {
    expect((await send(line, fields)).status).toBe(status)
    expect(stage.first.requests).toHaveLength(status === 200 ? 1 : 0)
  })
})

it('a limit is answered with 429 and when to come back, and a later rule is not tried', async () => {
  expect((await send('GET /u1/things/1')).status).toBe(200)
  expect((await send('GET /u1/things/2')).status).toBe(200)
  const answer = await send('GET /u1/things/3')
  expect(answer.status).toBe(429)
  expect(answer.header('retry-after')).toMatch(/^8(6400|639\d)$/)
  expect(answer.header('ratelimit-policy')).toBe('"rule";q=2;w=86400')
  expect(answer.header('ratelimit')).toMatch(/^"rule";r=0;t=8(6400|639\d)$/)
  expect((await send('DELETE /u1/things/3')).status).toBe(200)
  expect(stage.first.requests).toHaveLength(3)
})

it('shadow lets a would-be denial through, says so in the record, counts it, and warned at the start', async () => {
  expect((await send('GET /u1/v1/other')).status).toBe(200)
  expect(stage.audit().at(-1)).toMatchObject({
    verdict: 'shadow',
    scopes: ['still'],
    detail: 'svc-a allow[5]: its condition is false',
  })
  expect(await stage.metrics()).toContain(
    'countersign_shadowed_total{service="svc-a",upstream="u1",operation="still.dots"} 1',
  )
  expect(stage.gateway.stderr()).toMatch(/"level":40.*svc-a allow\[5\] is in shadow/)
})
