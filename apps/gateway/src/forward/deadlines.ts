import { Fault } from '@countersign/auth-core'
import type { Places, Stopped } from './places.ts'

/** How long a call may take, in milliseconds. */
export interface AttemptTimeouts {
  /** From the request's last byte to the answer's first. */
  readonly firstByteMs: number
  /** Between two pieces of the request, and for the caller to take a piece of the answer. */
  readonly idleMs: number
  /** From the start of the call to its end, further attempts included. */
  readonly totalMs: number
}

/** What deadlines are reckoned with. */
export interface DeadlineOptions {
  readonly timeouts: AttemptTimeouts
  /** When the call began of which this is an attempt, as `performance.now()` has it. */
  readonly startedAt: number
  /** Is it the caller, whose next piece of the request is waited for? Asked only where one is. */
  readonly awaitsCaller?: (() => boolean) | undefined
  /** Told while the caller takes nothing of the answer: others may want its place. */
  readonly places?: Pick<Places, 'stopped' | 'goesOn'> | undefined
}

/**
 * All deadlines of one attempt on one timer, since nearly all attempts end before any: it is set for the
 * earliest moment at which one can have passed, and set again while none has.
 */
export class Deadlines implements Stopped {
  readonly #options: DeadlineOptions
  readonly #late: (fault: Fault) => void
  /** When the last piece of the request was sent; `undefined` while it has not begun. */
  #movedAt: number | undefined
  #sentAt: number | undefined
  #isAnswering = false
  /** Since when the caller takes nothing of the answer. */
  #stoppedAt: number | undefined
  #isLastLook = false
  #lastLook: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout

  /** @param late told once, with `upstream.timeout`, `request.timeout` or `client.gone`: whoever was waited for */
  constructor(options: DeadlineOptions, late: (fault: Fault) => void) {
    this.#options = options
    this.#late = late
    this.#timer = this.#wake(performance.now())
  }

  /** A piece of the request has been sent, or its first is about to be. */
  moved(): void {
    this.#movedAt = performance.now()
  }

  /** The request's last byte has left: the first byte is due. */
  sent(): void {
    this.#sentAt = performance.now()
  }

  /** The answer has begun. */
  answering(): void {
    this.#isAnswering = true
  }

  /** The caller takes nothing more of the answer for now. */
  stopped(): void {
    if (this.#stoppedAt !== undefined) return
    this.#stoppedAt = performance.now()
    this.#options.places?.stopped(this)
  }

  /** The caller has taken what there was. */
  goesOn(): void {
    this.#stoppedAt = undefined
    this.#options.places?.goesOn(this)
  }

  /** Others waited for the place of a call whose answer stands still. */
  giveWay(): void {
    this.#late(gone('the caller did not take the answer, and others waited for its place'))
  }

  clear(): void {
    if (this.#stoppedAt !== undefined) this.goesOn()
    clearTimeout(this.#timer)
    clearImmediate(this.#lastLook)
  }

  /** When each deadline is over. What has not begun yet can be over at this time from now at the earliest. */
  #ends(now: number) {
    const { timeouts, startedAt } = this.#options
    const isSending = this.#sentAt === undefined && !this.#isAnswering
    return {
      total: startedAt + timeouts.totalMs,
      firstByte: this.#isAnswering ? Infinity : (this.#sentAt ?? now) + timeouts.firstByteMs,
      request: isSending ? (this.#movedAt ?? now) + timeouts.idleMs : Infinity,
      reader: (this.#stoppedAt ?? now) + timeouts.idleMs,
    }
  }

  #wake(now: number): NodeJS.Timeout {
    const { total, firstByte, request, reader } = this.#ends(now)
    return setTimeout(() => this.#look(), Math.min(total, firstByte, request, reader) - now)
  }

  #look(): void {
    const now = performance.now()
    const fault = this.#passed(now)
    if (fault === undefined) this.#timer = this.#wake(now)
    else if (this.#isLastLook) this.#late(fault)
    else this.#lookAgain()
  }

  /**
   * After what has arrived meanwhile was read: where the process itself stood still for long, timers come first,
   * and an upstream that answered in time would be called late.
   */
  #lookAgain(): void {
    this.#isLastLook = true
    this.#lastLook = setImmediate(() => {
      this.#look()
      this.#isLastLook = false
    })
  }

  /** The fault of the deadline that has passed: of whoever it was that all waited for. */
  #passed(now: number): Fault | undefined {
    const { total, firstByte, request, reader } = this.#ends(now)
    const isTotal = isOver(total - now)
    if (isOver(reader - now) || (isTotal && this.#stoppedAt !== undefined))
      return gone('the caller does not take the answer')
    const isStuck = isOver(request - now)
    if ((isStuck || (isTotal && request !== Infinity)) && this.#options.awaitsCaller?.())
      return new Fault('request.timeout', { detail: 'the caller does not go on with the request' })
    if (isStuck) return late('the upstream does not take the request')
    if (isTotal) return late('the whole call took too long')
    return isOver(firstByte - now) ? late('no answer in time') : undefined
  }
}

function gone(detail: string): Fault {
  return new Fault('client.gone', { detail })
}

function late(detail: string): Fault {
  return new Fault('upstream.timeout', { detail })
}

/** Timers count in whole milliseconds, and may fire up to one early. */
function isOver(leftMs: number): boolean {
  return leftMs < 1
}
