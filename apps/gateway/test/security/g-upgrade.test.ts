import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { impatient } from '../support/configuration.ts'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, request } from '../support/request.ts'
import { openStage, type Stage } from '../support/stage.ts'

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

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const live = (...fields: readonly string[]) =>
  request(
    'GET /u1/live/1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    ...fields,
  )
const switching = (...fields: readonly string[]) =>
  ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', ...fields, '', ''].join(
    '\r\n',
  )
const good = switching(`Sec-WebSocket-Accept: ${accept}`)

const refusedHandshakes: readonly HostileRow[] = [
  {
    name: 'G86 without a credential, where WebSockets are',
    send: live().replace('Bearer $J', 'x'),
    status: 401,
  },
  { name: 'G86 of a service that may not', send: live().replace('$J', '$K'), status: 403 },
  {
    name: 'G86 to an operation that is not granted',
    send: live().replace('/live/1', '/secret-live'),
    status: 403,
  },
  { name: 'G86 a plain GET where a WebSocket is', send: request('GET /u1/live/1'), status: 501 },
  ...[
    ['without a key', (text: string) => text.replace(/Sec-WebSocket-Key: .*\r\n/, '')],
    ['with a short key', (text: string) => text.replace(key, 'abc')],
    ['of version 8', (text: string) => text.replace('Version: 13', 'Version: 8')],
    ['with a body', (text: string) => text.replace('Host: g', 'Host: g\r\nContent-Length: 1')],
    ['beside h2c', (text: string) => text.replace('Upgrade: websocket', 'Upgrade: h2c, websocket')],
    ['without Connection: Upgrade', (text: string) => text.replace('Connection: Upgrade\r\n', '')],
    ['as a HEAD', (text: string) => text.replace('GET', 'HEAD')],
    ['on HTTP/1.0', (text: string) => text.replace('HTTP/1.1', 'HTTP/1.0')],
  ].map(
    ([name, change]): HostileRow => ({
      name: `G86 a handshake ${name}`,
      send: (change as (text: string) => string)(live()),
      status: [400, 501],
    }),
  ),
  ...[
    ['a wrong accept', switching(`Sec-WebSocket-Accept: ${key}`)],
    ['no accept', switching()],
    ['another protocol', good.replace('Upgrade: websocket', 'Upgrade: h2c')],
    [
      'a subprotocol nobody offered',
      switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: chat'),
    ],
  ].map(
    ([name = '', answer = '']): HostileRow => ({
      name: `G86 an upstream that answers with ${name}`,
      send: live(),
      answer,
      status: 502,
      upstream: 1,
      closes: true,
    }),
  ),
  {
    name: 'G86 an upstream that declines: its own answer, and no tunnel',
    send: live(),
    answer: rawAnswer(403, 'no'),
    status: 403,
    upstream: 1,
    closes: true,
  },
]

const stageOf = hostileTables(
  { WebSocket: webSockets, 'other protocols': others, handshakes: refusedHandshakes },
  { adapt: impatient },
)

/** Opens a WebSocket; `far` is the upstream's side of it. */
async function openTunnel(stage: Stage, fields: readonly string[] = [], behind = '') {
  const far = Promise.withResolvers<Socket>()
  stage.first.answerWith((_request, socket) => {
    far.resolve(socket)
    return switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: chat', 'Set-Cookie: a=b')
  })
  const near = await stage.caller.connect()
  await near.write(stage.caller.fill(live('Sec-WebSocket-Protocol: bearer.$J, chat', ...fields)) + behind)
  const exchange = stage.caller.keep(await near.read(['GET']))
  return { near, far: await far.promise, response: exchange.responses[0] }
}

describe('a WebSocket', () => {
  it('G86 is a tunnel for the minted credential: bytes both ways, nothing of the caller’s own, two audit lines', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const recorded = stage.audit().length
    const { near, far, response } = await openTunnel(
      stage,
      ['Cookie: a=$J', 'Origin: https://x.example'],
      '\x81early',
    )
    expect(response?.status).toBe(101)
    expect(response?.header('sec-websocket-accept')).toBe(accept)
    expect(response?.header('sec-websocket-protocol')).toBe('chat')
    expect(response?.header('set-cookie')).toBeUndefined()
    const sent = stage.first.requests[0]
    expect(sent && fieldValues(sent.headers, 'sec-websocket-protocol')).toEqual(['chat'])
    expect(sent && fieldValues(sent.headers, 'authorization')).toEqual([
      expect.toBeOneOf(stage.tokens.issued.map((token) => `Bearer ${token}`)),
    ])
    expect(stage.first.bytes().toString()).not.toMatch(/cookie|origin/i)
    expect(await stage.metrics()).toContain('countersign_websockets_open{upstream="u1"} 1')
    expect(
      stage
        .audit()
        .slice(recorded)
        .map(({ kind }) => kind),
    ).toEqual(['open'])

    const back = 'x'.repeat(300_000)
    far.write(back)
    await near.write('\x81\x85from the caller')
    await expect
      .poll(() => stage.first.bytes().toString('latin1'))
      .toContain('earlyÂ\x81Â\x85from the caller')
    await expect.poll(async () => (await near.read([])).bytes.length).toBeGreaterThan(back.length)
    far.end()
    expect((await near.read(['GET', 'GET'])).ending).toBe('closed')
    await expect
      .poll(() => stage.audit().at(-1))
      .toMatchObject({ kind: 'close', operation: 'live.watch', status: 101, bytes: back.length })
    expect(await stage.metrics()).toContain('countersign_websockets_open{upstream="u1"} 0')
    await near.close()
    await check({ responses: response ? [response] : [], authorised: 1 })
  })

  it('G86 ends when nothing passes for the idle time, and when the caller’s token ends', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const { near, far, response } = await openTunnel(stage)
    const started = performance.now()
    const ended = once(far, 'close')
    expect((await near.read(['GET', 'GET'])).ending).toBe('closed')
    await ended
    expect(performance.now() - started).toBeGreaterThan(500)
    await check({ responses: response ? [response] : [], authorised: 1 })
  })

  it('G86 the credential that the upstream quotes in its 101 comes back masked, and is counted', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const echoes = async () =>
      Number(/countersign_echoes_total\{upstream="u1"\} (\d+)/.exec(await stage.metrics())?.[1] ?? 0)
    const before = await echoes()
    stage.first.answerWith(({ headers }) => {
      const credential = fieldValues(headers, 'authorization')[0]?.replace('Bearer ', '')
      return switching(
        `Sec-WebSocket-Accept: ${accept}`,
        `Sec-WebSocket-Extensions: x; shown="${credential}"`,
      )
    })
    const near = await stage.caller.connect()
    await near.write(stage.caller.fill(live()))
    const { responses } = stage.caller.keep(await near.read(['GET']))
    expect(responses[0]?.status).toBe(101)
    expect(responses[0]?.header('sec-websocket-extensions')).toMatch(/^x; shown="\*+"$/)
    expect(await echoes()).toBe(before + 1)
    await near.close()
    await expect.poll(() => stage.audit().at(-1)).toMatchObject({ kind: 'close', status: 101 })
    await check({ responses, authorised: 1 })
  })

  it('G86 behind an answer that is due: the handshake waits, as every request does', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    stage.first.answerWith(({ target }) => (target.startsWith('/live') ? good : rawAnswer(200, 'first')))
    const near = await stage.caller.connect()
    await near.write(stage.caller.fill(request('GET /u1/public/x') + live()))
    const { responses } = stage.caller.keep(await near.read(['GET', 'GET']))
    expect(responses.map(({ status }) => status)).toEqual([200, 101])
    await near.close()
    await expect.poll(() => stage.audit().at(-1)).toMatchObject({ kind: 'close', status: 101 })
    await check({ responses, authorised: 2 })
  })

  it('G86 a caller that goes away takes the upstream’s side along', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const { near, far, response } = await openTunnel(stage)
    const ended = once(far, 'close')
    near.socket.resetAndDestroy()
    await ended
    await expect.poll(() => stage.audit().at(-1)).toMatchObject({ kind: 'close', status: 101 })
    await check({ responses: response ? [response] : [], authorised: 1 })
  })
})

it('G86 on SIGTERM an open WebSocket goes on, is ended in time, and the exit code is 0', async () => {
  await using stage = await openStage()
  const { near, far } = await openTunnel(stage)
  const chatter = setInterval(() => far.write('still here'), 100)
  const stopped = stage.gateway.stop('SIGTERM')
  await stage.gateway.line(/draining/)
  const before = (await near.read([])).bytes.length
  await expect.poll(async () => (await near.read([])).bytes.length).toBeGreaterThan(before)
  expect(await stopped).toBe(0)
  clearInterval(chatter)
  expect(stage.audit().at(-1)).toMatchObject({ kind: 'close', status: 101 })
})

it('G86 on SIGTERM a handshake that nobody answers is cut when the time is up, and the process ends', async () => {
  await using stage = await openStage({
    adapt: ({ upstreams }) => Object.assign(upstreams.u1 as object, { timeouts: { first_byte: '5m' } }),
  })
  stage.first.answerWith(() => undefined)
  const handshake = stage.caller.send(live())
  await stage.first.received(1)
  expect(await stage.gateway.stop()).toBe(1)
  expect((await handshake).responses).toEqual([])
  expect(stage.audit().at(-1)).toMatchObject({ kind: 'close', operation: 'live.watch', code: 'client.gone' })
})

it('G86 a changed policy that does not grant it any more ends an open WebSocket, and no other change does', async () => {
  await using stage = await openStage()
  const { services, gateway } = structuredClone(stage.configuration)
  const applied = async (count: number) =>
    await expect
      .poll(() => stage.metrics(), { timeout: 20_000 })
      .toContain(`countersign_config_reloads_total{result="applied"} ${count}`)
  const rewrite = (change: object) =>
    stage.write('countersign.yaml', JSON.stringify({ ...stage.configuration, ...change }))
  const { near, far } = await openTunnel(stage)
  // Never idle: nothing else ends it.
  far.on('error', () => {})
  const chatter = setInterval(() => far.write('still here'), 100)

  rewrite({ services: { ...services, 'svc-c': services['svc-b'], 'svc-b': undefined } })
  await applied(1)
  const before = (await near.read([])).bytes.length
  await expect.poll(async () => (await near.read([])).bytes.length).toBeGreaterThan(before)

  const { allow } = services['svc-a'] as { allow: { operations: string[] }[] }
  allow[0]?.operations.splice(allow[0].operations.indexOf('live.watch'), 1)
  const ended = new Promise((resolve) => far.once('close', resolve))
  rewrite({ services, gateway })
  await applied(2)
  await ended
  clearInterval(chatter)
  expect((await near.read(['GET', 'GET'])).ending).toMatch(/closed|reset/)
  await expect.poll(() => stage.audit().at(-1)).toMatchObject({ kind: 'close', status: 101 })
}, 60_000)
