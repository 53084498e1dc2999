import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answersInstead, cutsOffAfter, delays, drips, resetsAfter, swallows } from './connection-fault.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { rawAnswer } from './raw-answer.ts'
import { sendRaw } from './raw-client.ts'
import { type Recorder, startRecorder } from './recorder.ts'

let recorder: Recorder
let proxy: FaultProxy
beforeEach(async () => {
  recorder = await startRecorder()
  recorder.answerWith(rawAnswer(200, 'whole'))
  proxy = await startFaultProxy(recorder.url)
})
afterEach(() => Promise.all([proxy.close(), recorder.close()]))

/** @param timeoutMs short only where no answer is to come: what a busy machine takes for one has no bound */
const get = (timeoutMs = 20_000) => sendRaw({ ...proxy, timeoutMs }, 'GET / HTTP/1.1\r\nhost: u\r\n\r\n')

test.each([
  ['late', delays(20), 200, 'answered'],
  ['byte by byte', drips(1), 200, 'answered'],
  ['byte by byte from its third on', drips(1, 2), 200, 'answered'],
  ['never', swallows(), undefined, 'timeout'],
  ['cut off', cutsOffAfter(20), undefined, 'closed'],
  ['by somebody else', answersInstead('HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n'), 500, 'answered'],
])('an answer that comes %s', async (_name, fault, status, ending) => {
  proxy.always(fault)
  const exchange = await get(ending === 'timeout' ? 300 : undefined)
  expect([exchange.responses[0]?.status, exchange.ending]).toEqual([status, ending])
  proxy.recover()
  expect((await get()).responses[0]?.text).toBe('whole')
})

test.each([
  ['in place of an answer', resetsAfter(0)],
  ['within the answer', resetsAfter(20)],
])('a reset %s', async (_name, fault) => {
  proxy.next(fault)
  await expect(get().then(({ ending }) => ending)).resolves.toBe('reset')
  expect((await get()).responses[0]?.status).toBe(200)
})

test('connections are refused until it listens again, and those that exist are cut', async () => {
  await get()
  await proxy.refuse()
  await expect(get()).rejects.toThrow('ECONNREFUSED')
  await proxy.listen()
  expect((await get()).responses[0]?.status).toBe(200)
  expect(proxy.connections).toBe(2)
})

test('nothing is said to whoever connects until it listens again', async () => {
  await proxy.ignore()
  const connecting = get(300).catch(() => 'refused')
  expect(await Promise.race([connecting, sleep(200, 'nothing yet')])).toBe('nothing yet')
  await proxy.listen()
  expect((await get()).responses[0]?.text).toBe('whole')
  await connecting
})
