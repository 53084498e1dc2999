import type { RateLimit, RateLimiter } from '@countersign/auth-core'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/**
 * Counts calls in this process, in fixed windows that begin with a first call. Several gateways count each
 * for themselves; one that restarts begins anew, a reload of the configuration changes nothing.
 */
export function createMemoryLimiter(): RateLimiter {
  const limiters = new Map<string, RateLimiterMemory>()

  function limiterFor({ calls, windowSeconds, source }: RateLimit): RateLimiterMemory {
    const known = limiters.get(source)
    if (known) return known
    const made = new RateLimiterMemory({ points: calls, duration: windowSeconds })
    limiters.set(source, made)
    return made
  }

  return {
    async take(key, limit) {
      try {
        return stateOf(await limiterFor(limit).consume(JSON.stringify(key)), limit, true)
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return stateOf(refused, limit, false)
        throw refused
      }
    },
  }
}

function stateOf(
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  { windowSeconds }: RateLimit,
  allowed: boolean,
) {
  // Its window ends by a timer; what it says of it is by the time of day, which may have been set back.
  const resetSeconds = Math.min(msBeforeNext / 1000, windowSeconds)
  return { allowed, remaining: remainingPoints, resetSeconds }
}
