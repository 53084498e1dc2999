import type { UpstreamName } from './world.ts'

/**
 * What can fail around, and at, a gateway. `machine`: this very process, in which the upstreams are, got no
 * processor for a while, so that they were slow in truth.
 */
export type Dependency =
  | `api ${UpstreamName}`
  | `token ${UpstreamName}`
  | 'keys'
  | 'audit'
  | 'gateway'
  | 'machine'

interface Trouble {
  readonly dependency: Dependency
  readonly from: number
  until: number
}

/** How long after its end a fault may still be felt, in milliseconds: circuits, deadlines, remembered failures. */
const afterMs = { api: 18_000, token: 35_000, audit: 1_500, keys: 0, gateway: 1_000, machine: 20_000 }

/** When what was broken: what an answer may be excused with. */
export interface Calendar {
  /** @returns ends it */
  begin(dependency: Dependency): () => void
  /** Was this broken, or had it been shortly before, at some time between the two? */
  touches(dependency: Dependency, from: number, to: number): boolean
}

/** An empty calendar. */
export function createCalendar(): Calendar {
  const troubles: Trouble[] = []
  return {
    begin(dependency) {
      const trouble = { dependency, from: Date.now(), until: Number.POSITIVE_INFINITY }
      troubles.push(trouble)
      return () => {
        trouble.until = Date.now()
      }
    },
    touches(dependency, from, to) {
      const kind = dependency.split(' ', 1)[0] as keyof typeof afterMs
      return troubles.some(
        (trouble) =>
          trouble.dependency === dependency && trouble.from <= to && from <= trouble.until + afterMs[kind],
      )
    },
  }
}
