import { expect } from 'vitest'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, request } from '../support/request.ts'

const get = 'GET /u1/public/x'

/** Another caller’s, and the caller’s own: neither is anybody’s but the gateway’s. */
const stray: readonly HostileRow[] = [
  ...[
    `${get}?x=$K`,
    `${get}?$K`,
    `${get}?x=%24$%K`,
    `${get}?a=1;b=token-$K`,
    'GET /u1/public/$K',
    'GET /u1/public/$%K',
    'GET /u1/public/token-$K',
    'GET /u1/no-such/$K',
  ].map(
    (target): HostileRow => ({
      name: `A26 another caller’s token in the target: ${target}`,
      send: request(target),
      status: 400,
    }),
  ),
  ...[
    'User-Agent: $K',
    'Accept: text/plain; x=$J',
    'If-Match: "$K"',
    'Idempotency-Key: $J',
    'Content-Type: application/json; token=$K',
    'tracestate: vendor=$J',
    'Last-Event-ID: $%K',
  ].map(
    (field): HostileRow => ({
      name: `A26 a token in a field that is forwarded: ${field}`,
      send: request(get, field),
      status: 400,
    }),
  ),
  {
    name: 'A26 a token in a field of a WebSocket handshake',
    send: request(
      'GET /u1/live/1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Extensions: x; token="$K"',
    ),
    status: 400,
  },
  ...['Cookie: a=$J', 'X-Token: $K', 'X-Forwarded-Access-Token: $J'].map(
    (field): HostileRow => ({
      name: `A26 a token in a field that is not forwarded: ${field}`,
      send: request(get, field),
      status: 200,
      upstream: 1,
    }),
  ),
  {
    name: 'A26 another caller’s token, and nobody’s own: 401 as ever, and it is not on record',
    send: bare('GET /u1/public/$K'),
    status: 401,
  },
]

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const vendors = `${part({ alg: 'HS256' })}.${part({ iss: 'https://vendor.example', page: 2 })}.${'s'.repeat(43)}`
const theirs: readonly HostileRow[] = [
  `/public/x?cursor=${vendors}`,
  `/public/${vendors}`,
  '/public/v1.elements.json?x=a.eyb.c',
].map((target) => ({
  name: `A26 what is no token of a caller passes as it is: ${target.slice(0, 40)}`,
  send: request(`GET /u1${target}`),
  status: 200,
  upstream: 1,
  expect: (stage) => expect(stage.first.requests[0]?.target).toBe(target),
}))

hostileTables({ 'tokens in the wrong place': stray, 'tokens of others': theirs })
