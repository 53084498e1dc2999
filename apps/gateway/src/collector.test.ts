import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { setUpCollector } from './collector.ts'

const module = pathToFileURL(join(import.meta.dirname, 'collector.ts'))
const setUp = `(await import('${module}')).setUpCollector();`

/** Runs a script; says how often V8 went through the whole heap, and what it wrote. */
async function run(script: string, flags: readonly string[] = []) {
  const counted = `
    import { PerformanceObserver, constants } from 'node:perf_hooks'
    import { setImmediate, setTimeout } from 'node:timers/promises'
    const isMajor = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
    let collections = 0
    new PerformanceObserver((list) => { collections += list.getEntries().filter(isMajor).length })
      .observe({ entryTypes: ['gc'] });
    ${script}
    await setTimeout(100)
    console.log('\\n' + collections)
  `
  const child = await startProcess(process.execPath, [...flags, '--input-type=module', '--eval', counted])
  expect(await child.exited).toBe(0)
  expect(child.stderr()).not.toContain('flag')
  const written = child.stdout()
  return { collections: Number(written.trimEnd().split('\n').at(-1)), written }
}

/** Three gigabytes in buffers that nobody keeps, beside a heap that is kept. */
const passingBuffers = `
  const kept = Array.from({ length: 300_000 }, (_, at) => ({ at }))
  for (let n = 0; n < 48_000; n += 1) {
    Buffer.allocUnsafeSlow(64 * 1024)
    if (n % 50 === 0) await setImmediate()
  }
  globalThis.kept = kept
`
/** Fills the heap and empties it again: V8 plans to make it small once it has gone through it. */
const callsInFlight = `
  const calls = []
  for (let n = 0; n < 20_000; n += 1) {
    calls[n % 64] = Array.from({ length: 400 }, (_, at) => ({ at, n }))
    if (n % 64 === 0) await setImmediate()
  }
`

describe('the collector of a process that serves', () => {
  it('is not sent through the whole heap for buffers that are gone', async () => {
    const { collections } = await run(passingBuffers)
    // A fifth, as a rule.
    expect((await run(setUp + passingBuffers)).collections).toBeLessThan(0.7 * collections)
  })

  it('does not wait for a pause to make the heap small in, as it otherwise would', async () => {
    const traced = ['--trace-memory-reducer', '--gc-memory-reducer-start-delay-ms=0']
    expect((await run(callsInFlight, traced)).written).toContain('waiting for 8000 ms')
    expect((await run(setUp + callsInFlight, traced)).written).not.toContain('waiting for')
  })

  it.each([
    ['13.6.233', 2],
    ['14.6.202.34-node.34', 2],
    ['14.8.0', 1],
    ['15.0.1', 1],
  ])('is set up in V8 %s by %i flags', (version, times) => {
    const set = vi.fn()
    setUpCollector(version, set)
    expect(set).toHaveBeenCalledTimes(times)
  })
})
