import type { CircuitOptions } from '../forward/circuit.ts'
import type { PlaceLimits } from '../forward/places.ts'
import type { ParsedUpstream } from './build-upstream.ts'

/** How much of the gateway an upstream may take, with the defaults. */
export function buildLimits({ limits }: ParsedUpstream): PlaceLimits {
  return Object.freeze({
    concurrency: limits?.concurrency ?? 128,
    queue: limits?.queue ?? 512,
    waitMs: limits?.wait ?? 10_000,
  })
}

/** When an upstream is left alone, with the defaults. */
export function buildBreaker({ breaker }: ParsedUpstream): CircuitOptions | undefined {
  if (breaker === 'off') return undefined
  return Object.freeze({
    failures: breaker?.failures ?? 10,
    pauseMs: breaker?.pause ?? 10_000,
    statuses: new Set(breaker?.statuses),
  })
}
