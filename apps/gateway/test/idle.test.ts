import { connectRaw, type FaultProxy, rawAnswer, startFaultProxy, takesNothing } from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { beginCase } from './support/global-checks.ts'
import { request } from './support/request.ts'
import { openStage, type Stage } from './support/stage.ts'

/** More than the system's buffers for one connection hold, and less than a body may have. */
const muchToSend = 9 * 1024 * 1024

let between: FaultProxy
let stage: Stage
beforeAll(async () => {
  stage = await openStage({
    async adapt(config, { first }) {
      between = await startFaultProxy(first.url)
      Object.assign(config.upstreams.u1 as object, {
        url: between.url,
        // Of these, only the one in the middle can be met within a test.
        timeouts: { first_byte: '5m', idle: '2s', total: '10m' },
      })
    },
  })
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  await between?.close()
})

/** Waits until nothing of a call is left: neither its connection nor its place. */
async function everythingFreed(): Promise<void> {
  await vi.waitFor(async () => {
    expect(between.open).toBe(0)
    expect(await stage.metrics()).toContain('countersign_upstream_calls{upstream="u1"} 0')
  })
}
const closing = (line: object) =>
  expect.poll(() => stage.audit().at(-1)).toMatchObject({ kind: 'close', ...line })

describe('K106 after `timeouts.idle` a call is cut', () => {
  it('whose upstream does not take the request: 504, and it is the upstream that was too slow', async () => {
    const check = await beginCase(stage)
    between.always(takesNothing())
    await using near = await connectRaw({ port: stage.port })
    await near.write(stage.caller.fill(request('POST /u1/orders', `Content-Length: ${muchToSend}`)))
    near.socket.on('error', () => {}).write(Buffer.alloc(muchToSend, 'x'))
    const { responses } = await near.read(['POST'])
    expect(responses.map(({ status }) => status)).toEqual([504])
    await closing({ code: 'upstream.timeout', detail: expect.stringContaining('take') })
    between.recover() // a side that reads nothing does not see either that the other one is gone
    await everythingFreed()
    await check({ responses, authorised: 0 })
  })

  it('whose caller does not go on with the request: 408, and the upstream has seen no whole request', async () => {
    const check = await beginCase(stage)
    await using near = await connectRaw({ port: stage.port })
    await near.write(stage.caller.fill(`${request('POST /u1/orders', 'Content-Length: 1000')}begun`))
    await expect.poll(() => stage.first.bytes().toString()).toContain('begun')
    const { responses } = await near.read(['POST'])
    expect(responses.map(({ status }) => status)).toEqual([408])
    expect(responses[0]?.header('connection')).toBe('close')
    await closing({ code: 'request.timeout', owner: 'caller' })
    expect(stage.first.requests).toEqual([])
    await everythingFreed()
    await check({ responses, authorised: 0 })
  })

  it('whose caller does not read on: broken off, on record as the caller’s doing, and the upstream is let go', async () => {
    const check = await beginCase(stage)
    const letGo = Promise.withResolvers<void>()
    stage.first.answerWith((_request, socket) => {
      socket.on('error', () => {}).once('close', () => letGo.resolve())
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
      const more = (): void => void (socket.writable && socket.write(chunk) && setImmediate(more))
      socket.on('drain', more)
      more()
    })
    const near = await connectRaw({ port: stage.port })
    near.socket.pause()
    await near.write(stage.caller.fill(request('GET /u1/public/x')))
    await letGo.promise
    await everythingFreed()
    await closing({
      ...{ code: 'client.gone', owner: 'caller', status: 200 },
      detail: expect.stringContaining('take'),
    })
    near.socket.resume()
    expect((await near.read(['GET'])).ending).not.toBe('timeout')
    await check({ responses: [], authorised: 1, unanswered: 1 })
  })

  it('that is over, but for a caller that does not take what is left of its answers: the connection is cut', async () => {
    const check = await beginCase(stage)
    const asked = 200
    stage.first.answerWith(rawAnswer(200, 'x'.repeat(60_000)))
    const near = await connectRaw({ port: stage.port })
    near.socket.pause()
    await near.write(stage.caller.fill(request('GET /u1/public/x').repeat(asked)))
    let isCut = false
    near.socket
      .on('error', () => {})
      .once('close', () => {
        isCut = true
      })
    const recorded = stage.audit().length
    await expect
      .poll(
        () => {
          // Only who writes learns of it without reading.
          if (!isCut) near.socket.write('x')
          return isCut
        },
        { interval: 200 },
      )
      .toBe(true)
    const answered = stage.first.requests.length
    expect(answered).toBeLessThan(asked)
    await expect.poll(() => stage.audit().length).toBeGreaterThanOrEqual(recorded)
    await everythingFreed()
    await check({ responses: [], authorised: answered, unanswered: answered })
  })
})
