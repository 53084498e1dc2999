import { parseRateLimit, type RateLimit } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryLimiter } from './memory-limiter.ts'

function limit(source: string): RateLimit {
  const parsed = parseRateLimit(source)
  if (!parsed) throw new Error(source)
  return parsed
}

describe('a limit in memory', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('allows so many calls in a window, says how long it lasts, and begins anew after it', async () => {
    const limiter = createMemoryLimiter()
    const take = () => limiter.take(['billing', 'billing allow[0]'], limit('2/minute'))
    expect(await take()).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 })
    vi.advanceTimersByTime(20_000)
    expect(await take()).toEqual({ allowed: true, remaining: 0, resetSeconds: 40 })
    expect(await take()).toEqual({ allowed: false, remaining: 0, resetSeconds: 40 })
    vi.advanceTimersByTime(40_000)
    expect(await take()).toMatchObject({ allowed: true })
  })

  it('lasts and says no longer than its window when the clock is set back', async () => {
    const limiter = createMemoryLimiter()
    const take = () => limiter.take(['billing', 'billing allow[0]'], limit('1/minute'))
    await take()
    vi.setSystemTime(Date.now() - 3 * 3_600_000)
    expect(await take()).toEqual({ allowed: false, remaining: 0, resetSeconds: 60 })
    vi.advanceTimersByTime(60_000)
    expect(await take()).toMatchObject({ allowed: true, resetSeconds: 60 })
  })

  it('counts each service and each rule for itself', async () => {
    const limiter = createMemoryLimiter()
    const keys = [
      ['billing', 'billing allow[0]'],
      ['billing', 'billing allow[1]'],
      ['reporting', 'reporting allow[0]'],
    ] as const
    for (const key of keys) expect(await limiter.take(key, limit('1/day'))).toMatchObject({ allowed: true })
    for (const key of keys) expect(await limiter.take(key, limit('1/day'))).toMatchObject({ allowed: false })
  })
})
