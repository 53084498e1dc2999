import type { Fault } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines } from './deadlines.ts'

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
    }),
)
afterEach(() => void vi.useRealTimers())

/** The last look is taken a faked millisecond after the deadline. */
function start({ idleMs = 10_000, awaitsCaller = (): boolean => false } = {}) {
  const late: (string | undefined)[] = []
  const timeouts = { firstByteMs: 100, idleMs, totalMs: 350 }
  const options = { timeouts, startedAt: performance.now(), awaitsCaller }
  const deadlines = new Deadlines(options, ({ code, detail }: Fault) => late.push(`${code}: ${detail}`))
  const after = (ms: number) => {
    vi.advanceTimersByTime(ms)
    return late
  }
  return { deadlines, after }
}
const tooLong = 'upstream.timeout: the whole call took too long'
const isStuck = 'upstream.timeout: the upstream does not take the request'
const stopsSending = 'request.timeout: the caller does not go on with the request'
const stopsReading = 'client.gone: the caller does not take the answer'

it('the first byte is due so long after the last one was sent, not before', () => {
  const { deadlines, after } = start()
  after(150)
  deadlines.sent()
  expect(after(98)).toEqual([])
  expect(after(3)).toEqual(['upstream.timeout: no answer in time'])
})

it('an answer that began in time has until the end', () => {
  const { deadlines, after } = start()
  deadlines.sent()
  after(50)
  deadlines.answering()
  expect(after(298)).toEqual([])
  expect(after(3)).toEqual([tooLong])
  expect(after(1000)).toHaveLength(1)
})

it('a request that is never sent completely has until the end', () => {
  const { after } = start()
  expect(after(348)).toEqual([])
  expect(after(3)).toEqual([tooLong])
})

it('nothing is late any more once it is cleared', () => {
  const { deadlines, after } = start()
  deadlines.sent()
  deadlines.clear()
  expect(after(1000)).toEqual([])
})

it('an answer that is there, but was not read yet because the process stood still, is not late', () => {
  const { deadlines, after } = start()
  deadlines.sent()
  // What was queued before the last look runs before it, as reading sockets does.
  setTimeout(() => setImmediate(() => deadlines.answering()), 99)
  expect(after(200)).toEqual([])
})

describe('a request that does not move for the idle time', () => {
  it('is the upstream’s doing when there is something to send', () => {
    const { deadlines, after } = start({ idleMs: 50 })
    after(40) // to connect
    deadlines.moved()
    after(40)
    deadlines.moved()
    expect(after(48)).toEqual([])
    expect(after(3)).toEqual([isStuck])
  })

  it('is the caller’s doing when there is not', () => {
    const { deadlines, after } = start({ idleMs: 50, awaitsCaller: () => true })
    deadlines.moved()
    expect(after(53)).toEqual([stopsSending])
  })

  it('is neither’s once it is sent, or answered before', () => {
    for (const end of ['sent', 'answering'] as const) {
      const { deadlines, after } = start({ idleMs: 50 })
      deadlines.moved()
      deadlines[end]()
      expect(after(90)).toEqual([])
    }
  })

  it('may move for as long as the whole call may take; then it is who is waited for', () => {
    const { deadlines, after } = start({ idleMs: 50, awaitsCaller: () => true })
    for (let n = 0; n < 8; n += 1) {
      deadlines.moved()
      expect(after(40)).toEqual([])
    }
    deadlines.moved()
    expect(after(33)).toEqual([stopsSending])
  })
})

describe('a caller that reads nothing for the idle time', () => {
  it('is given up', () => {
    const { deadlines, after } = start({ idleMs: 50 })
    deadlines.sent()
    deadlines.answering()
    after(70)
    deadlines.stopped()
    after(20)
    deadlines.stopped()
    expect(after(28)).toEqual([])
    expect(after(4)).toEqual([stopsReading])
  })

  it('is not, as long as it goes on', () => {
    const { deadlines, after } = start({ idleMs: 50 })
    deadlines.sent()
    deadlines.answering()
    for (let n = 0; n < 7; n += 1) {
      deadlines.stopped()
      expect(after(40)).toEqual([])
      deadlines.goesOn()
    }
    deadlines.stopped()
    expect(after(48)).toEqual([])
  })

  it('is who was waited for when the whole call is over', () => {
    const { deadlines, after } = start()
    deadlines.sent()
    deadlines.answering()
    deadlines.stopped()
    expect(after(353)).toEqual([stopsReading])
  })
})
