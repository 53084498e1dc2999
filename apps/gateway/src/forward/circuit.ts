import { Fault, type FaultCode } from '@countersign/auth-core'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'

/** When an upstream is left alone, and for how long. */
export interface CircuitOptions {
  /** Failed calls in a row after which it is. */
  readonly failures: number
  /** Milliseconds until one call may try again. */
  readonly pauseMs: number
  /** Statuses of answers that count as failed calls; the answers themselves are passed on in any case. */
  readonly statuses: ReadonlySet<number>
}

/** What a circuit says of itself: the number is that of its metric. */
export type CircuitReading =
  | { readonly state: 'closed'; readonly number: 0 }
  | { readonly state: 'half-open'; readonly number: 1 }
  | { readonly state: 'open'; readonly number: 2; readonly because: FaultCode | undefined }

/** What a call has to tell a circuit. */
interface Answered {
  readonly status: number
}

/** What only the upstream, or the way to it, can cause. Never an abort, a long body, or a caller's slowness. */
const failures: ReadonlySet<FaultCode> = new Set([
  'upstream.unreachable',
  'upstream.timeout',
  'upstream.aborted',
])

/** What says nothing about the upstream, or was decided before it was asked. */
const silent: ReadonlySet<FaultCode> = new Set([
  'client.gone',
  'request.timeout',
  'request.malformed',
  'request.too-large',
  'mint.unavailable',
])

/**
 * Stops calling an upstream that fails every call, and tries it with one call after a pause. Everyone else is
 * refused at once meanwhile: they would only wait for the same failure.
 */
export class Circuit {
  readonly #options: CircuitOptions
  readonly #policy
  #because: FaultCode | undefined
  #openUntil = 0

  /** @param onChange told of each opening, and of the closing */
  constructor(options: CircuitOptions, onChange: (reading: CircuitReading) => void = () => {}) {
    const { statuses, pauseMs } = options
    this.#options = options
    this.#policy = circuitBreaker(
      handleWhen((error) => this.#isFailure(error)).orWhenResult((answer) =>
        statuses.has((answer as Answered).status),
      ),
      { breaker: new ConsecutiveBreaker(options.failures), halfOpenAfter: pauseMs },
    )
    this.#policy.onBreak((reason) => {
      this.#openUntil = Date.now() + pauseMs
      this.#because = 'error' in reason ? (reason.error as Partial<Fault>).code : undefined
      onChange(this.reading())
    })
    this.#policy.onReset(() => onChange(this.reading()))
  }

  reading(): CircuitReading {
    const { state } = this.#policy
    if (state === CircuitState.Open) return { state: 'open', number: 2, because: this.#because }
    if (state === CircuitState.HalfOpen) return { state: 'half-open', number: 1 }
    return { state: 'closed', number: 0 }
  }

  /**
   * May a call be made now? After the pause, one may, with which the upstream is tried.
   *
   * @throws {Fault} `upstream.circuit-open`
   */
  assertClosed(): void {
    const { state } = this.#policy
    if (state === CircuitState.Closed) return
    const left = this.#openUntil - Date.now()
    if (state === CircuitState.Open && left <= 0) return
    throw new Fault('upstream.circuit-open', {
      detail: `the last ${this.#options.failures} calls failed, with ${this.#because ?? 'a status that counts'}`,
      retryAfterSeconds: Math.max(1, left / 1000),
    })
  }

  /** Makes a call and takes its outcome into account. */
  watch<Result extends Answered>(call: () => Promise<Result>): Promise<Result> {
    return this.#policy.execute(call)
  }

  #isFailure(error: unknown): boolean {
    if (!(error instanceof Fault)) return false
    // A trial that came to nothing does not say that the upstream is well again.
    return (
      failures.has(error.code) || (this.#policy.state === CircuitState.HalfOpen && silent.has(error.code))
    )
  }
}
