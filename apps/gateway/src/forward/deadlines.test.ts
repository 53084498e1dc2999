import type { Fault } from '@countersign/auth-core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadlines } from './deadlines.ts'

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
    }),
)
afterEach(() => void vi.useRealTimers())

/** The last look is taken a faked millisecond after the deadline. */
function start() {
  const late: (string | undefined)[] = []
  const timeouts = { firstByteMs: 100, totalMs: 350 }
  const deadlines = new Deadlines({ timeouts, startedAt: performance.now() }, (fault: Fault) =>
    late.push(fault.detail),
  )
  const after = (ms: number) => {
    vi.advanceTimersByTime(ms)
    return late
  }
  return { deadlines, after }
}

it('the first byte is due so long after the last one was sent, not before', () => {
  const { deadlines, after } = start()
  after(150)
  deadlines.sent()
  expect(after(98)).toEqual([])
  expect(after(3)).toEqual(['no answer in time'])
})

it('an answer that began in time has until the end', () => {
  const { deadlines, after } = start()
  deadlines.sent()
  after(50)
  deadlines.answering()
  expect(after(298)).toEqual([])
  expect(after(3)).toEqual(['the whole call took too long'])
  expect(after(1000)).toHaveLength(1)
})

it('a request that is never sent completely has until the end', () => {
  const { after } = start()
  expect(after(348)).toEqual([])
  expect(after(3)).toEqual(['the whole call took too long'])
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
