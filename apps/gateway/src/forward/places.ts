import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { breakBody } from '../edge/broken-body.ts'

/** How much of the gateway one upstream may take. */
export interface PlaceLimits {
  /** Calls at a time. */
  readonly concurrency: number
  /** Callers that wait at a time: for a place, or for the upstream's token. */
  readonly queue: number
  /** How long one waits for a place, in milliseconds. */
  readonly waitMs: number
}

/** A call whose body is still on its way from its caller. */
export interface Arriving {
  readonly req: IncomingMessage
  /** By the monotonic clock, in milliseconds. */
  readonly since: number
}

/** A call whose caller has stopped taking its answer. */
export interface Stopped {
  /** Ends it, since its place is wanted. */
  giveWay(): void
}

/**
 * How long a body may arrive, or a caller take nothing of its answer, while others wait for the place of the call; and
 * how often that is looked at.
 */
const patienceMs = 5_000
const lookMs = 1_000

interface Waiting {
  admit(): void
  refuse(fault: Fault): void
}

/** Somebody who may leave before it is their turn; a response does. */
export interface Leaving {
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/**
 * The calls of one upstream: so many at a time, so many in the queue, and no more. An upstream that has become
 * slow fills its own places and nobody else's, and what it can hold of the gateway's memory is bounded.
 *
 * A free place costs two additions and no promise.
 */
export class Places {
  readonly #limits: PlaceLimits
  /** In order of arrival. Whoever leaves is taken out wherever they stand. */
  readonly #queue = new Set<Waiting>()
  /** In the order in which they began. */
  readonly #arriving = new Set<Arriving>()
  /** With the time since which, in the order in which they stopped. */
  readonly #stopped = new Map<Stopped, number>()
  #taken = 0
  #elsewhere = 0
  #looking: NodeJS.Timeout | undefined

  constructor(limits: PlaceLimits) {
    this.#limits = limits
  }

  /** Calls being made. */
  get taken(): number {
    return this.#taken
  }

  /** Callers that wait. */
  get waiting(): number {
    return this.#queue.size + this.#elsewhere
  }

  /**
   * Takes a place; give it back with {@link Places.leave}.
   *
   * @returns nothing when it was free, else a promise of one
   * @throws {Fault} `upstream.overloaded`, `client.gone`
   */
  enter(caller: Leaving): undefined | Promise<void> {
    if (this.#taken < this.#limits.concurrency) {
      this.#taken += 1
      return undefined
    }
    this.#assertRoom()
    return this.#wait(caller)
  }

  /** Notes that the place just taken is held by a caller that has not sent all yet; for {@link Places.leave}. */
  arriving(req: IncomingMessage): Arriving {
    const arriving = { req, since: performance.now() }
    this.#arriving.add(arriving)
    return arriving
  }

  /** Notes that the caller of a call takes nothing of its answer from now on. */
  stopped(call: Stopped): void {
    this.#stopped.set(call, performance.now())
  }

  /** It takes its answer again, or the call is over. */
  goesOn(call: Stopped): void {
    this.#stopped.delete(call)
  }

  /** Gives a place back: to whoever waits longest, if anyone does. */
  leave(arriving?: Arriving): void {
    if (arriving) this.#arriving.delete(arriving)
    const [next] = this.#queue
    if (next) next.admit()
    else this.#taken -= 1
  }

  /**
   * Counts a caller among the waiting while they wait for something else of the upstream's: its token.
   *
   * @throws {Fault} `upstream.overloaded`, and what is waited for throws
   */
  async whileWaiting<Result>(result: Promise<Result>): Promise<Result> {
    result.catch(() => {}) // whoever is sent away does not hear of it
    this.#assertRoom()
    this.#elsewhere += 1
    try {
      return await result
    } finally {
      this.#elsewhere -= 1
    }
  }

  #assertRoom(): void {
    if (this.waiting >= this.#limits.queue) throw overloaded(`${this.waiting} calls wait already`)
  }

  #wait(caller: Leaving): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const queue = this.#queue
    const end = (): void => {
      queue.delete(waiting)
      clearTimeout(timer)
      caller.off('close', gone)
      if (queue.size === 0) this.#looking = void clearInterval(this.#looking)
    }
    const waiting: Waiting = {
      admit() {
        end()
        resolve()
      },
      refuse(fault) {
        end()
        reject(fault)
      },
    }
    const gone = () => waiting.refuse(new Fault('client.gone', { detail: 'while it waited for its turn' }))
    const late = () => waiting.refuse(overloaded('no place became free in time'))
    const timer = setTimeout(late, this.#limits.waitMs)
    caller.once('close', gone)
    queue.add(waiting)
    this.#looking ??= setInterval(() => this.#makeRoom(), lookMs)
    return promise
  }

  /** One caller that sends or takes a byte now and then in each of its calls would otherwise keep everybody else out. */
  #makeRoom(): void {
    const latest = performance.now() - patienceMs
    let wanted = this.#queue.size
    for (const arriving of this.#arriving) {
      const { req, since } = arriving
      if (wanted === 0 || since > latest) break
      this.#arriving.delete(arriving)
      if (req.complete) continue
      wanted -= 1
      const detail = 'its body arrived for longest, and others waited for its place'
      breakBody(req, new Fault('request.timeout', { detail }))
    }
    for (const [call, since] of this.#stopped) {
      if (wanted === 0 || since > latest) break
      this.#stopped.delete(call)
      wanted -= 1
      call.giveWay()
    }
  }
}

function overloaded(detail: string): Fault {
  return new Fault('upstream.overloaded', { detail, retryAfterSeconds: 1 })
}
