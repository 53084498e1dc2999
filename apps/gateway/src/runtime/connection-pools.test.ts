import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
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
