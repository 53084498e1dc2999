import { connectRaw, type RawConnection, rawAnswer, resetsConnection } from '@countersign/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { request } from './support/request.ts'
import { shareWorld } from './support/share-world.ts'
import { openStage, type Stage } from './support/stage.ts'

const get = request('GET /u1/public/x')
const webSocket = request(
  'GET /u1/live/1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
)
const switching = [
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  '',
  '',
].join('\r\n')

let stage: Stage
shareWorld(
  () =>
    openStage({
      adapt: ({ upstreams }) =>
        Object.assign(upstreams.u1 as object, {
          timeouts: { first_byte: '30s', idle: '60s', total: '2m' },
          breaker: { failures: 2, pause: '1s' },
        }),
    }),
  (opened) => {
    stage = opened
  },
)

/** The status of one more call. */
const call = async () => (await stage.caller.send(get)).responses[0]?.status
const metric = async (name: string) =>
  new RegExp(`${name}\\{upstream="u1"\\} (\\d+)`).exec(await stage.metrics())?.[1]
const state = () => metric('countersign_circuit_state')
const closed = '0'

/** Waits until calls end like this: a pause is over some time. */
async function callsGive(status: number): Promise<void> {
  await vi.waitFor(async () => expect(await call()).toBe(status), { interval: 50 })
}

/** The first call after the pause, as soon as it has arrived upstream. */
async function trial(text: string): Promise<RawConnection> {
  for (;;) {
    const near = await connectRaw({ port: stage.port })
    await near.write(stage.caller.fill(text))
    await vi.waitFor(
      async () => expect(stage.first.bytes().length + (await near.read([])).bytes.length).toBeGreaterThan(0),
      60_000,
    )
    if (stage.first.bytes().length > 0) return near
    await near.close()
  }
}

beforeEach(async () => {
  stage.first.answerWith(rawAnswer(200, 'well'))
  await callsGive(200)
  stage.first.answerWith(resetsConnection())
  await callsGive(503)
  stage.first.forget()
})

describe('the call that tries an upstream after the pause', () => {
  it('is a WebSocket: its 101 decides, however long it stays open', async () => {
    stage.first.answerWith(({ target }) => (target.startsWith('/live') ? switching : rawAnswer(200, 'well')))
    await using near = await trial(webSocket)
    expect((await near.read(['GET'])).responses[0]?.status).toBe(101)
    expect(await state()).toBe(closed)
    expect(await call()).toBe(200)
  })

  it('is a WebSocket that the upstream declines: that answer decides', async () => {
    stage.first.answerWith(({ target }) => rawAnswer(target.startsWith('/live') ? 403 : 200))
    await using near = await trial(webSocket)
    expect((await near.read(['GET'])).responses[0]?.status).toBe(403)
    expect(await call()).toBe(200)
  })

  it('is a long download: the head of its answer decides', async () => {
    stage.first.answerWith(({ target }) =>
      target.endsWith('long')
        ? 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun'
        : rawAnswer(200, 'well'),
    )
    await using near = await trial(request('GET /u1/public/long'))
    await expect.poll(async () => (await near.read([])).bytes.toString()).toContain('200 OK')
    expect(await state()).toBe(closed)
    expect(await call()).toBe(200)
  })

  it('is given up by its caller: that is no failure, and another call tries', async () => {
    const openings = await metric('countersign_circuit_openings_total')
    stage.first.answerWith(() => undefined)
    const near = await trial(get)
    await stage.first.received(1)
    near.socket.resetAndDestroy()
    await vi.waitFor(() => expect(stage.audit().some(({ code }) => code === 'client.gone')).toBe(true))
    stage.first.answerWith(rawAnswer(200, 'well'))
    await callsGive(200)
    expect(await metric('countersign_circuit_openings_total')).toBe(openings)
  })

  it('is a body that hardly moves: after a pause without a verdict, another call tries', async () => {
    await using near = await trial(`${request('POST /u1/orders', 'Content-Length: 1000')}slow`)
    expect(stage.first.bytes().toString()).toContain('POST')
    stage.first.answerWith(rawAnswer(200, 'well'))
    await callsGive(200)
    expect((await near.read([])).bytes.toString()).toBe('')
  })
})
