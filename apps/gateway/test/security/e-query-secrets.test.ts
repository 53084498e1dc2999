// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { rawAnswer } from '@countersign/testkit'
import { expect } from 'vitest'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'

const secret = 'key-0w3z&x=1+%;'
const ours = `api_key=${encodeURIComponent(secret)}`

/** What the upstream reads, by any of the ways in which servers name parameters. */
function expectOnlyOurs(stage: Stage, rest: string): void {
  expect(stage.first.requests[0]?.target).toBe(`/public/x?${rest}${ours}`)
  expect(stage.first.bytes().toString('latin1')).not.toContain('mine')
}

const copies: readonly HostileRow[] = [
  'api_key=mine',
  'API_KEY=mine',
  'api%5Fkey=mine',
  'api%255Fkey=mine',
  'api_key[]=mine',
  'api_key%5B%5D=mine',
  'api_key[0]=mine',
  'api-key=mine',
  'api.key=mine',
  'api_key=mine&api_key=mine',
  ';api_key=mine',
  'api_key=mine;api_key=mine',
  '%61pi_key=mine',
  '+api_key=mine',
].map((query) => ({
  name: `E68 ?${query}: the upstream sees one key, ours`,
  send: request(`GET /u1/public/x?${query}`),
  status: 200,
  upstream: 1,
  expect: (stage) => expectOnlyOurs(stage, ''),
}))

const among: readonly HostileRow[] = [
  ['a=1&API_KEY=mine&b=%2F', 'a=1&b=%2F&'],
  ['a=1;api_key=mine', 'a=1&'],
  ['q=api_key&q=2', 'q=api_key&q=2&'],
].map(([query, rest = '']) => ({
  name: `E68 ?${query}: the rest stays byte for byte`,
  send: request(`GET /u1/public/x?${query}`),
  status: 200,
  upstream: 1,
  expect: (stage) => expectOnlyOurs(stage, rest),
}))

const quoted: readonly HostileRow[] = [
  [302, 'https://elsewhere.example/login?next=1&%s#top', 'next=1#top'],
  [302, '/public/y?%s', '/public/y\r\n'],
  [302, 'https://elsewhere.example/#%s', 'elsewhere.example/'],
].map(([status, location, left]) => ({
  name: `E68 a Location that quotes the key in ${location as string}: the caller gets it without`,
  send: request('GET /u1/public/x'),
  answer: rawAnswer(status as number, '', { Location: String(location).replace('%s', ours) }),
  status: status as number,
  upstream: 1,
  expect(_stage, text) {
    expect(text).toContain(left)
    expect(text).not.toContain('0w3z')
  },
}))

/** The same, as libraries of other languages write it. */
const written: readonly HostileRow[] = [
  ['percent-encoded in lower case', ours.replaceAll(/%../g, (pair) => pair.toLowerCase())],
  ['in JSON as Go writes it', '{"key":"key-0w3z\\u0026x=1+%;"}'],
  ['in JSON as Java writes it', '{"key":"key-0w3z\\u0026x\\u003d1+%;"}'],
  ['in JSON as .NET writes it', '{"key":"key-0w3z\\u0026x=1\\u002B%;"}'],
  ['in HTML', '<p>key-0w3z&amp;x=1+%;</p>'],
].map(([way, body]) => ({
  name: `E68 an answer that quotes the key ${way as string}`,
  send: request('GET /u1/public/x'),
  answer: rawAnswer(404, body as string),
  status: 404,
  upstream: 1,
  expect: (_stage, text) => expect(text).not.toContain('0w3z'),
}))

const shown: readonly HostileRow[] = [
  {
    name: 'E68 an answer that quotes the target it was sent',
    send: request('GET /u1/public/x'),
    answer: rawAnswer(404, `no route GET /public/x?${ours}`),
    status: 404,
    upstream: 1,
    expect: (_stage, text) => expect(text).not.toContain('0w3z'),
  },
  {
    name: 'E68 an upstream that fails: neither problem, record nor log shows the key',
    send: request('GET /u1/public/x?api_key=mine'),
    answer: 'garbage\r\n\r\n',
    status: 502,
    upstream: 1,
    expect(stage, text) {
      const seen = `${text}${stage.gateway.stderr()}${stage.gateway.stdout()}${JSON.stringify(stage.audit())}`
      expect(seen).not.toMatch(/0w3z|api_key/)
    },
  },
]

hostileTables(
  {
    'copies of the caller’s own': [...copies, ...among],
    'what quotes the key': [...quoted, ...written, ...shown],
  },
  {
    secrets: { u1: secret },
    adapt({ upstreams }) {
      Object.assign(upstreams.u1 as object, {
        schemes: { key: { authorization: 'none', query: { api_key: 'api_key' } } },
        credential: { api_key: '${file:./u1.secret}' },
        token: 'none',
      })
    },
  },
)
