import { expect } from 'vitest'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, request } from '../support/request.ts'

const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: bearer.$J',
]
const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAA']
const switches = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'

const webSockets: readonly HostileRow[] = [
  {
    name: 'G86 without a credential',
    send: bare('GET /u1/public/x', ...webSocket),
    status: [401, 426, 501],
    closes: true,
  },
  {
    name: 'G86 to a path that is denied',
    send: request('GET /u1/admin', ...webSocket),
    status: [403, 426, 501],
    closes: true,
  },
  {
    name: 'G86 to a path that is allowed',
    send: request('GET /u1/public/x', ...webSocket),
    status: [426, 501],
    closes: true,
  },
  {
    name: 'G86 in a list, in capitals, with a version',
    send: request('GET /u1/public/x', 'Connection: Upgrade', 'Upgrade: h2c, WebSocket/13'),
    status: 501,
    closes: true,
  },
  {
    name: 'G86 without the field that says so, its fields stay here',
    send: request('GET /u1/public/x', ...webSocket.filter((field) => !field.startsWith('Upgrade'))),
    status: 200,
    upstream: 1,
    expect: (stage) =>
      expect(stage.first.bytes().toString().toLowerCase()).not.toMatch(/sec-websocket|upgrade/),
  },
]

const others: readonly HostileRow[] = [
  {
    name: 'G87 h2c is not passed on',
    send: request('GET /u1/public/x', ...h2c),
    status: 200,
    upstream: 1,
    expect: (stage) =>
      expect(stage.first.bytes().toString().toLowerCase()).not.toMatch(/h2c|http2-settings|upgrade/),
  },
  {
    name: 'G87 an upstream that switches all the same',
    send: request('GET /u1/public/x', ...h2c),
    answer: switches,
    status: 502,
    upstream: 1,
  },
  {
    name: 'G87 an upstream that switches on a plain GET',
    send: request('GET /u1/public/x'),
    answer: switches,
    status: 502,
    upstream: 1,
  },
]

hostileTables({ WebSocket: webSockets, 'other protocols': others })
