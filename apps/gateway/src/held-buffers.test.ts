import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { expect, it, vi } from 'vitest'
import { countHeldBuffers } from './held-buffers.ts'

/** A gigabyte in buffers that nobody keeps, beside a heap that is kept; says how often all of that was gone through. */
const churn = `
  import { PerformanceObserver, constants } from 'node:perf_hooks'
  import { setImmediate, setTimeout } from 'node:timers/promises'
  let collections = 0
  const isMajor = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  new PerformanceObserver((list) => { collections += list.getEntries().filter(isMajor).length })
    .observe({ entryTypes: ['gc'] })
  const kept = Array.from({ length: 300_000 }, (_, at) => ({ at }))
  for (let n = 0; n < 16_000; n += 1) {
    Buffer.allocUnsafeSlow(64 * 1024)
    if (n % 50 === 0) await setImmediate()
  }
  await setTimeout(100)
  console.log(JSON.stringify({ collections, kept: kept.length }))
`

it('spares the heap for buffers that are gone: the collector is not sent through all of it', async () => {
  const module = pathToFileURL(join(import.meta.dirname, 'held-buffers.ts'))
  const script = `(await import('${module}')).countHeldBuffers();${churn}`
  const run = await startProcess(process.execPath, ['--input-type=module', '--eval', script])
  expect(await run.exited).toBe(0)
  const { collections } = JSON.parse(run.stdout())
  // Without it there are ten.
  expect(collections).toBeLessThanOrEqual(5)
  expect(run.stderr()).not.toContain('flag')
})

it.each([
  ['13.6.233', 1],
  ['14.6.202.34-node.34', 1],
  ['14.8.0', 0],
  ['15.0.1', 0],
])('asks V8 %s for it %i times', (version, times) => {
  const set = vi.fn()
  countHeldBuffers(version, set)
  expect(set).toHaveBeenCalledTimes(times)
})
