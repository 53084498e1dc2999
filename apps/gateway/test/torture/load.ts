import { setTimeout as sleep } from 'node:timers/promises'
import type { Calendar } from './calendar.ts'
import type { Calls } from './calls.ts'
import { judge } from './judge.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { planRequest } from './traffic.ts'

/** What requests are made of, and where what comes of them goes. */
export interface LoadOptions {
  readonly run: string
  readonly random: Random
  readonly calendar: Calendar
  readonly ledger: Ledger
  /** Requests a second. */
  readonly rate: number
  /** Told of each of the first violations, as it happens. */
  readonly say: (line: string) => void
}

/** Requests at a steady rate, each judged when it is over. */
export interface Load {
  readonly sent: number
  /** Outcomes by `answered`, code, or how they ended. */
  readonly outcomes: ReadonlyMap<string, number>
  /** What was not as it must be. */
  readonly violations: readonly string[]
  /** Failures that nothing excuses but that the machine was busy: what they would be on one that is not, is open. */
  readonly excusedByMachine: number
  /** Makes calls for so long, or until the signal, and waits for the last of them. */
  runFor(ms: number, calls: Calls, until?: AbortSignal): Promise<void>
}

const tickMs = 20
/** More calls than that are not made at a time: callers have limits too. */
const mostAtATime = 1_000
const mostSaid = 100

/** Prepares a load. It can be run piece by piece, with another process each time. */
export function createLoad({ run, random, calendar, ledger, rate, say }: LoadOptions): Load {
  const outcomes = new Map<string, number>()
  const violations: string[] = []
  let sent = 0
  let excusedByMachine = 0
  const withoutMachine: Calendar = {
    ...calendar,
    touches: (dependency, from, to) => dependency !== 'machine' && calendar.touches(dependency, from, to),
  }

  async function once(calls: Calls): Promise<void> {
    const planned = planRequest(random, run, sent)
    sent += 1
    const from = Date.now()
    const outcome = await calls.make(planned)
    ledger.note(planned, outcome)
    const own = outcome.kind === 'answer' && outcome.isOwn ? String(outcome.body.code) : 'answered'
    const name = outcome.kind === 'answer' ? own : outcome.kind
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    const span = { from, to: Date.now() }
    const violation = judge(planned, outcome, span, calendar)
    if (violation === undefined) {
      if (judge(planned, outcome, span, withoutMachine) !== undefined) excusedByMachine += 1
      return
    }
    violations.push(violation)
    if (violations.length <= mostSaid) say(`${new Date().toISOString()} ${violation}`)
  }

  return {
    get sent() {
      return sent
    },
    get excusedByMachine() {
      return excusedByMachine
    },
    outcomes,
    violations,
    async runFor(ms, calls, until) {
      const underWay = new Set<Promise<void>>()
      const begun = performance.now()
      let due = 0
      for (let elapsed = 0; elapsed < ms && !until?.aborted; elapsed = performance.now() - begun) {
        for (const all = (elapsed * rate) / 1000; due < all; due += 1) {
          if (underWay.size >= mostAtATime) continue
          const call = once(calls).finally(() => underWay.delete(call))
          underWay.add(call)
        }
        await sleep(tickMs)
      }
      await Promise.all(underWay)
    },
  }
}
