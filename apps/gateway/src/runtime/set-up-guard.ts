import type { UpstreamConfig } from '../config/loaded-config.ts'
import { Circuit, type CircuitReading } from '../forward/circuit.ts'
import { Places } from '../forward/places.ts'
import { createUpstreamGuard, type UpstreamGuard } from '../forward/upstream-guard.ts'
import type { Metrics } from '../record/metrics.ts'
import { Keeper } from './keeper.ts'

/** An upstream's guard, and what it is read by. */
export interface GuardSetup {
  readonly guard: UpstreamGuard
  readonly places: Places
  readonly circuit: Circuit | undefined
}

/** What guards are set up with. */
export interface GuardSurroundings {
  readonly metrics: Metrics
  readonly warn: (facts: Record<string, unknown>, message: string) => void
}

/** Makes guards of upstreams' configurations. One lives on through a reload that does not concern it. */
export function createGuardSetup({ metrics, warn }: GuardSurroundings) {
  const keeper = new Keeper<GuardSetup>()

  function tell(upstream: string, reading: CircuitReading): void {
    if (reading.state === 'open') {
      metrics.circuitOpenings.inc({ upstream })
      warn(
        { upstream, because: reading.because },
        'every call fails: the upstream is left alone for a moment',
      )
    } else {
      warn({ upstream }, 'the upstream answers again')
    }
  }

  function guardFor({ name, url, limits, breaker }: UpstreamConfig): GuardSetup {
    const settings = breaker && { ...breaker, statuses: [...breaker.statuses] }
    return keeper.keep([name, url, limits, settings], () => {
      const places = new Places(limits)
      const circuit = breaker && new Circuit(breaker, (reading) => tell(name, reading))
      return { guard: createUpstreamGuard(places, circuit), places, circuit }
    })
  }
  return { guardFor, settle: () => keeper.settle() }
}
