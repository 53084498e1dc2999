import { expect, test } from 'vitest'
import { createManualClock } from './manual-clock.ts'

test('time passes only when the clock is turned, in either direction', () => {
  const clock = createManualClock(1000)
  expect(clock.now()).toBe(1000)
  clock.advance(500)
  clock.advance(-200)
  expect(clock.now()).toBe(1300)
  clock.set(5)
  expect(clock.now()).toBe(5)
})
