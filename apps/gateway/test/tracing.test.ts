import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { request } from './support/request.ts'
import { openStage, type Stage } from './support/stage.ts'
import type { ExportedSpan } from './support/telemetry.ts'

const telemetry = fileURLToPath(new URL('support/telemetry.ts', import.meta.url))
const traceId = '12345678901234567890123456789012'

let stage: Stage
let seen = 0

beforeAll(async () => {
  stage = await openStage({
    env: (folder) => ({ NODE_OPTIONS: `--import=${telemetry}`, SPANS: join(folder, 'spans.jsonl') }),
  })
})
afterAll(() => stage?.[Symbol.asyncDispose]())
beforeEach(() => {
  stage.first.forget()
  stage.first.answerWith(rawAnswer(200, '{"ok":true}'))
})

/** Spans since the last call. Each is written when it ends; the request's own one comes last. */
async function spans(): Promise<readonly ExportedSpan[]> {
  const all = () => readFileSync(join(stage.folder, 'spans.jsonl'), 'utf8').split('\n').slice(0, -1)
  await expect
    .poll(() =>
      all()
        .slice(seen)
        .some((line) => line.includes('"kind":"SERVER"')),
    )
    .toBe(true)
  const fresh = all().slice(seen)
  seen += fresh.length
  return fresh.map((line) => JSON.parse(line) as ExportedSpan)
}

const query = '?name=somebody%40example.com'
const traced = `Traceparent: 00-${traceId}-1234567890123456-01`

it('a request is a span within its caller’s trace, with one below it for each step and each attempt', async () => {
  await stage.caller.send(request(`GET /u1/public/a-name${query}`, traced))
  const all = await spans()
  const server = all.find(({ kind }) => kind === 'SERVER')
  expect(server).toMatchObject({
    name: 'GET /u1/public/{name}',
    traceId,
    parent: '1234567890123456',
    status: 'UNSET',
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/u1/public/{name}',
      'http.response.status_code': 200,
      'countersign.service': 'svc-a',
      'countersign.upstream': 'u1',
      'countersign.operation': 'public.read',
      'countersign.outcome': 'answered',
    },
  })
  const below = all.filter(({ parent }) => parent === server?.spanId)
  const steps = below.filter(({ kind }) => kind === 'INTERNAL')
  expect(steps.map(({ name }) => name)).toEqual(['identify', 'route', 'authorize', 'mint', 'forward'])
  const [client] = below.filter(({ kind }) => kind === 'CLIENT')
  expect(client).toMatchObject({
    name: 'GET /public/{name}',
    attributes: { 'http.response.status_code': 200 },
  })
  const [upstream] = fieldValues(stage.first.requests[0]?.headers ?? [], 'traceparent')
  expect(upstream).toBe(`00-${traceId}-${client?.spanId}-01`)
})

it('an attempt that is made again is another client span, and counts', async () => {
  stage.first.answerWith(({ headers }) =>
    rawAnswer(fieldValues(headers, 'authorization')[0] === first ? 401 : 200, '{}'),
  )
  const first = `Bearer ${stage.tokens.issued.at(-1)}`
  await stage.caller.send(request('GET /u1/public/x'))
  const clients = (await spans()).filter(({ kind }) => kind === 'CLIENT')
  expect(clients.map(({ status }) => status)).toEqual(['ERROR', 'UNSET'])
  expect(clients.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1])
})

it.each([
  ['a refusal leaves the span without an error', 'GET /u1/admin', ['UNSET', 403, 'authorize']],
  ['a fault behind the gateway is one', 'GET /u1/public/x', ['ERROR', 502, 'forward']],
])('%s, and the step shows where it ended', async (_, target, [status, code, step]) => {
  stage.first.answerWith((_request, socket) => void socket.destroy())
  await stage.caller.send(request(target))
  const all = await spans()
  const server = all.find(({ kind }) => kind === 'SERVER')
  expect(server).toMatchObject({ status, attributes: { 'http.response.status_code': code } })
  const failed = all.filter((span) => span.kind === 'INTERNAL' && span.status === 'ERROR')
  expect(failed.map(({ name }) => name)).toEqual([step])
})

it('no span holds a path, a query, a subject or a credential, and a method of nobody is _OTHER', async () => {
  const token = await stage.caller.token({ sub: 'a-very-private-subject' })
  await stage.caller.send(
    `PURGE /u1/public/a-private-path${query} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const [server] = (await spans()).filter(({ kind }) => kind === 'SERVER')
  expect(server).toMatchObject({ name: 'HTTP', attributes: { 'http.request.method': '_OTHER' } })
  const exported = readFileSync(join(stage.folder, 'spans.jsonl'), 'utf8')
  for (const private_ of ['a-private-path', 'a-name', 'somebody', 'private-subject', token.slice(-40)]) {
    expect(exported).not.toContain(private_)
  }
  for (const secret of [...stage.tokens.issued, ...stage.secrets]) expect(exported).not.toContain(secret)
})
