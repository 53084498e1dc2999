import { BoundedMap } from './bounded-map.ts'
import { Fault } from './fault.ts'

const firstMs = 1000
const longestMs = 30_000

interface Failure {
  readonly fault: Fault
  readonly inARow: number
  readonly at: number
  readonly until: number
}

/**
 * Remembers what failed, so that a broken endpoint is not asked again by every call: for 1 s, doubling with
 * every failure in a row to 30 s, and at least as long as the endpoint itself asked for. `gateway.exhausted` says nothing
 * about the endpoint: 1 s, and no failure in the row.
 */
export class BackOff {
  readonly #failures: BoundedMap<Failure>

  /** @param capacity how many keys are remembered */
  constructor(capacity: number) {
    this.#failures = new BoundedMap(capacity)
  }

  /** Notes a failure and returns the fault, which now says when another try makes sense. */
  remember(key: string, fault: Fault, now: number): Fault {
    const before = this.#failures.get(key)?.inARow ?? 0
    const isOurs = fault.code === 'gateway.exhausted'
    const inARow = isOurs ? before : before + 1
    const ownMs = isOurs ? firstMs : Math.min(firstMs * 2 ** before, longestMs)
    const until = now + Math.max(ownMs, (fault.retryAfterSeconds ?? 0) * 1000)
    this.#failures.set(key, { fault, inARow, at: now, until })
    return again(fault, until - now)
  }

  /** The fault to repeat while the key is backing off: a fresh one, with the time that is left. */
  remembered(key: string, now: number): Fault | undefined {
    const failure = this.#holding(key, now)
    return failure && again(failure.fault, failure.until - now)
  }

  /** Is it too soon for another try? */
  holds(key: string, now: number): boolean {
    return this.#holding(key, now) !== undefined
  }

  /** It worked: the next failure is the first again. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  #holding(key: string, now: number): Failure | undefined {
    const failure = this.#failures.get(key)
    // A clock that was set back must not make a second last an hour.
    return failure && now < failure.until && now >= failure.at ? failure : undefined
  }
}

function again({ code, says, detail, cause }: Fault, leftMs: number): Fault {
  const retryAfterSeconds = Math.ceil(leftMs / 1000)
  return new Fault(code, { says, cause, retryAfterSeconds, ...(detail === undefined ? {} : { detail }) })
}
