import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { setUpCollector } from './collector.ts'

const module = pathToFileURL(join(import.meta.dirname, 'collector.ts'))
const setUp = `(await import('${module}')).setUpCollector();`

/** Runs a script, says how often V8 went through what is young and through the whole heap, and what it wrote. */
async function collectionsOf(script: string, flags: readonly string[] = []) {
  const counted = `
    import { PerformanceObserver, constants } from 'node:perf_hooks'
    import { setImmediate, setTimeout } from 'node:timers/promises'
    const young = constants.NODE_PERFORMANCE_GC_MINOR
    const collections = { minor: 0, major: 0 }
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) collections[detail.kind === young ? 'minor' : 'major'] += 1
    }).observe({ entryTypes: ['gc'] });
    ${script}
    await setTimeout(100)
    console.log('\\n' + JSON.stringify(collections))
  `
  const run = await startProcess(process.execPath, [...flags, '--input-type=module', '--eval', counted])
  expect(await run.exited).toBe(0)
  expect(run.stderr()).not.toContain('flag')
  const written = run.stdout()
  const counts: { minor: number; major: number } = JSON.parse(written.trimEnd().split('\n').at(-1) ?? '')
  return { ...counts, written }
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
/** 20,000 calls, 64 at a time. */
const callsInFlight = `
  const calls = []
  for (let n = 0; n < 20_000; n += 1) {
    calls[n % 64] = Array.from({ length: 400 }, (_, at) => ({ at, n }))
    if (n % 64 === 0) await setImmediate()
  }
`

describe('the collector of a process that serves', () => {
  it('is not sent through the whole heap for buffers that are gone', async () => {
    const { major } = await collectionsOf(passingBuffers)
    // A fifth, as a rule.
    expect((await collectionsOf(setUp + passingBuffers)).major).toBeLessThan(0.7 * major)
  })

  it('comes less often to what is young, since that has the room that calls in flight take sooner', async () => {
    const { minor } = await collectionsOf(callsInFlight)
    expect((await collectionsOf(setUp + callsInFlight)).minor).toBeLessThan(minor)
  })

  it('does not wait for a pause to make the heap small in, as it otherwise would', async () => {
    const traced = ['--trace-memory-reducer', '--gc-memory-reducer-start-delay-ms=0']
    expect((await collectionsOf(callsInFlight, traced)).written).toContain('waiting for 8000 ms')
    expect((await collectionsOf(setUp + callsInFlight, traced)).written).not.toContain('waiting for')
  })

  it.each([
    ['13.6.233', 3],
    ['14.6.202.34-node.34', 3],
    ['14.8.0', 2],
    ['15.0.1', 2],
  ])('is set up in V8 %s by %i flags', (version, times) => {
    const set = vi.fn()
    setUpCollector(version, set)
    expect(set).toHaveBeenCalledTimes(times)
  })
})
