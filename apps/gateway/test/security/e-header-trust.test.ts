import { fieldValues } from '@countersign/testkit'
import { expect } from 'vitest'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'

const get = 'GET /u1/public/x'

function upstreamNames(stage: Stage): string[] {
  return (stage.first.requests[0]?.headers ?? []).map(([name]) => name.toLowerCase())
}

/** What some server behind some proxy has once believed. */
const trusted = [
  ...[
    'User',
    'Email',
    'Groups',
    'For',
    'Host',
    'Proto',
    'Prefix',
    'Uri',
    'Method',
    'Port',
    'Access-Token',
  ].map((name) => `X-Forwarded-${name}`),
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Envoy-Original-Path',
  'X-Envoy-Internal',
  'X-Consumer-Id',
  'X-Consumer-Groups',
  'X-Forwarded-Client-Cert',
  'X-SSL-Client-S-DN',
  'X-Client-Cert',
  'X-Countersign-Service',
  'Via',
]

const spoofed: readonly HostileRow[] = [
  (name: string) => name,
  (name: string) => name.replaceAll('-', '_'),
  (name: string) => name.toLowerCase().replaceAll('-', '_'),
  (name: string) => name.toUpperCase(),
].map((spelt, at) => ({
  name: `E63, E64 identity fields of others, spelling ${at + 1}: none goes upstream`,
  send: request(get, ...trusted.map((name) => `${spelt(name)}: root-of-all`)),
  status: 200,
  upstream: 1,
  expect(stage) {
    expect(stage.first.bytes().toString()).not.toContain('root-of-all')
    expect(upstreamNames(stage).sort()).toEqual([
      'authorization',
      'connection',
      'host',
      'traceparent',
      'via',
      'x-request-id',
    ])
  },
}))

const misspelt: readonly HostileRow[] = ['X-Forwarded-User ', 'X Forwarded User', ' X-Forwarded-User'].map(
  (name) => ({
    name: `E64 ${JSON.stringify(name)} is no name of a field`,
    send: request(get, `${name}: root-of-all`),
    status: 400,
    closes: true,
  }),
)

const overrides: readonly HostileRow[] = [
  ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map(
    (name): HostileRow => ({
      name: `E65 ${name}: DELETE does not arrive`,
      send: `${request('POST /u1/orders', `${name}: DELETE`, 'Content-Length: 2')}{}`,
      status: 200,
      upstream: 1,
      expect(stage) {
        expect(stage.first.requests[0]?.method).toBe('POST')
        expect(stage.first.bytes().toString()).not.toContain('DELETE')
      },
    }),
  ),
  ...['_method=DELETE', 'a=1&_method=DELETE', '%5Fmethod=DELETE', '_metho%64=DELETE', 'a;_METHOD=DELETE'].map(
    (query): HostileRow => ({
      name: `E65 ?${query} is refused`,
      send: `${request(`POST /u1/orders?${query}`, 'Content-Length: 2')}{}`,
      status: 400,
    }),
  ),
]

const formType = 'Content-Type: application/x-www-form-urlencoded'
const part = '--b\r\nContent-Disposition: form-data; name="_method"\r\n\r\nDELETE\r\n--b--\r\n'
const forms: readonly HostileRow[] = [
  ['a form', [formType], 'a=1&_method=DELETE', 400],
  ['a form, escaped', [formType], '%5fmetho%64=DELETE', 400],
  ['a form of two types', ['Content-Type: application/json', formType], '_method=DELETE', 400],
  ['a form that is compressed', [formType, 'Content-Encoding: gzip'], 'x', 400],
  ['a body without a type', [], '_method=DELETE', 400],
  ['a form in parts', ['Content-Type: multipart/form-data; boundary=b'], part, 400],
  ['no form', ['Content-Type: text/csv'], '_method=DELETE', 200],
].map(([name, fields, body, status]) => ({
  name: `E65 _method in ${name as string}`,
  send:
    request('POST /u1/orders', ...(fields as string[]), `Content-Length: ${(body as string).length}`) +
    (body as string),
  status: status as number,
  upstream: status === 200 ? 1 : 0,
}))

const prototypes: readonly HostileRow[] = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(
  (name) => ({
    name: `E66 a field named ${name}`,
    send: request(get, `${name}: x`),
    status: 200,
    upstream: 1,
    expect: (stage) => expect(upstreamNames(stage)).not.toContain(name.toLowerCase()),
  }),
)

const credentials: readonly HostileRow[] = [
  {
    name: 'E67 no other credential of the caller goes along',
    send: request(
      get,
      ...[
        'Cookie',
        'Proxy-Authorization',
        'X-Api-Key',
        'apikey',
        'Api-Key',
        'X-Auth-Token',
        'Private-Token',
      ].map((name) => `${name}: credential-of-the-caller`),
    ),
    status: 200,
    upstream: 1,
    expect: (stage) => expect(stage.first.bytes().toString()).not.toContain('credential-of-the-caller'),
  },
]

const values: readonly HostileRow[] = [
  {
    name: 'E69 bytes above ASCII in a value pass as they are',
    send: request(get, 'Accept: \x80\xff'),
    status: 200,
    upstream: 1,
    expect: (stage) =>
      expect(fieldValues(stage.first.requests[0]?.headers ?? [], 'accept')).toEqual(['\x80\xff']),
  },
  {
    name: 'E69 a field 200 times',
    send: request(get, ...Array.from({ length: 200 }, () => 'X-Many: y')),
    status: 200,
    upstream: 1,
  },
  ...[
    'short',
    `${'a'.repeat(65)}`,
    'a b c d e f g h',
    'abcdefgh\u00e9',
    '{"a":"bcdef"}',
    'evil";x="12345',
  ].map(
    (id): HostileRow => ({
      name: `E63 X-Request-ID: ${id.slice(0, 20)} is not taken over`,
      send: request(get, `X-Request-ID: ${id}`),
      status: 200,
      upstream: 1,
      expect(stage, text) {
        expect(text).not.toContain(`x-request-id: ${id}`)
        expect(fieldValues(stage.first.requests[0]?.headers ?? [], 'x-request-id')).toEqual([
          expect.stringMatching(/^[0-9a-f]{32}$/),
        ])
      },
    }),
  ),
  {
    name: 'E63 X-Request-ID: harmless.id_01 is kept all the way',
    send: request(get, 'X-Request-ID: harmless.id_01'),
    status: 200,
    upstream: 1,
    expect(stage, text) {
      expect(text).toContain('x-request-id: harmless.id_01')
      expect(fieldValues(stage.first.requests[0]?.headers ?? [], 'x-request-id')).toEqual(['harmless.id_01'])
    },
  },
]

hostileTables({
  'identity of others': [...spoofed, ...misspelt],
  'method overrides': [...overrides, ...forms],
  'names of Object.prototype': prototypes,
  'other credentials': credentials,
  values,
})
