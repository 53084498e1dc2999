import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Tunnels } from './tunnels.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a tunnel that would not be granted any more ends half a minute later, without a reload', async () => {
  const tunnels = new Tunnels(() => {})
  const req = { url: '/live/1' } as IncomingMessage
  const ends = { caller: new PassThrough(), far: new PassThrough() }
  const hour = 3_600_000
  let isGranted = true
  tunnels.keepWhile(async (handshake) => handshake !== req || isGranted)
  const over = tunnels.run({ upstream: 'u1', req, ...ends, idleMs: hour, until: Date.now() + hour })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(ends.far.destroyed).toBe(false)
  isGranted = false
  await vi.advanceTimersByTimeAsync(30_000)
  await over
  expect([ends.caller.destroyed, ends.far.destroyed]).toEqual([true, true])
})
