import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { createConnectionPools } from './connection-pools.ts'

const upstream = {
  name: 'u1',
  url: 'http://127.0.0.1:9/',
  timeouts: { connectMs: 1000, idleMs: 1000 },
  limits: { concurrency: 1 },
} as UpstreamConfig

it('a pool that a reload retires when the end of the process has cut it is no defect', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const pools = createConnectionPools()
  const pool = pools.poolFor(upstream)
  pools.settle()
  await pools.close()
  pools.settle()
  expect(pool.destroyed).toBe(true)
  await nextTurn()
  await nextTurn()
  expect(unhandled).toEqual([])
})

it('a pool that a reload retired is forgotten once it is closed: reloads do not add up', async () => {
  const pools = createConnectionPools()
  const retired = vi.spyOn(pools.poolFor(upstream), 'destroy')
  pools.settle()
  const present = vi.spyOn(pools.poolFor({ ...upstream, url: 'http://127.0.0.1:10/' }), 'destroy')
  pools.settle()
  // To destroy what is destroyed already does nothing, so that the end may be asked for again and again.
  async function end() {
    retired.mockClear()
    present.mockClear()
    await pools.close()
    return { retired: retired.mock.calls.length > 0, present: present.mock.calls.length > 0 }
  }
  await vi.waitFor(async () => expect(await end()).toEqual({ retired: false, present: true }), 20_000)
})
