import { Fault } from '@countersign/auth-core'

/** How long an upstream may take, in milliseconds. */
export interface AttemptTimeouts {
  /** From the request's last byte to the answer's first. */
  readonly firstByteMs: number
  /** From the start of the call to its end, further attempts included. */
  readonly totalMs: number
}

/** What deadlines are reckoned with. */
export interface DeadlineOptions {
  readonly timeouts: AttemptTimeouts
  /** When the call began that may take so long in total, of which this is an attempt; as `performance.now()` has it. */
  readonly startedAt: number
}

/**
 * Both deadlines of one attempt on one timer, since nearly all attempts end before either: it is set for the
 * earliest moment at which one can have passed, and set again while none has.
 */
export class Deadlines {
  readonly #timeouts: AttemptTimeouts
  readonly #late: (fault: Fault) => void
  readonly #startedAt: number
  #sentAt: number | undefined
  #isAnswering = false
  #isLastLook = false
  #lastLook: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout

  /** @param late told once, with `upstream.timeout` */
  constructor({ timeouts, startedAt }: DeadlineOptions, late: (fault: Fault) => void) {
    this.#timeouts = timeouts
    this.#startedAt = startedAt
    this.#late = late
    const total = startedAt + timeouts.totalMs - performance.now()
    this.#timer = this.#wake(Math.min(total, timeouts.firstByteMs))
  }

  /** The request's last byte has left: the first byte is due. */
  sent(): void {
    this.#sentAt = performance.now()
  }

  /** The answer has begun. */
  answering(): void {
    this.#isAnswering = true
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#lastLook)
  }

  #wake(inMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), inMs)
  }

  #look(): void {
    const now = performance.now()
    const { firstByteMs, totalMs } = this.#timeouts
    const total = this.#startedAt + totalMs - now
    // What has not been sent yet can be due at this time from now at the earliest.
    const firstByte = this.#isAnswering ? total : (this.#sentAt ?? now) + firstByteMs - now
    if (!isOver(total) && !isOver(firstByte)) this.#timer = this.#wake(Math.min(total, firstByte))
    else if (!this.#isLastLook) this.#lookAgain()
    else this.#expire(isOver(total) ? 'the whole call took too long' : 'no answer in time')
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

  #expire(detail: string): void {
    this.#late(new Fault('upstream.timeout', { detail }))
  }
}

/** Timers count in whole milliseconds, and may fire up to one early. */
function isOver(leftMs: number): boolean {
  return leftMs < 1
}
