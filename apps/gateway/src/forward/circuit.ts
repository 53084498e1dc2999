import { Fault, type FaultCode } from '@countersign/auth-core'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, DelegateBackoff, handleWhen } from 'cockatiel'

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

/** Told the status of an answer that has begun; of several attempts, each may tell its own. */
export type Answering = (status: number) => void

/** What only the upstream, or the way to it, can cause. Never an abort, a long body, or a caller's slowness. */
const failures: ReadonlySet<FaultCode> = new Set([
  'upstream.unreachable',
  'upstream.timeout',
  'upstream.aborted',
])

/**
 * For the breaker, which measures by the time of day: set back by an hour, that would leave an upstream alone for as
 * long. The pause is measured here, and {@link Circuit.assertClosed} asked before each call.
 */
const noPause = Number.NEGATIVE_INFINITY

/** A trial that ended without a word about the upstream. */
const inconclusive = new Fault('client.gone', { detail: 'the upstream was not tried after all' })

/**
 * Stops calling an upstream that fails every call, and tries it with one call after a pause. Everyone else is
 * refused at once meanwhile: they would only wait for the same failure.
 *
 * The head of its answer decides a trial, since its end may be a download or a WebSocket away. A trial that comes
 * to nothing, because its caller gave up or there was no verdict within another pause, changes nothing: the next
 * call is the next trial.
 */
export class Circuit {
  readonly #options: CircuitOptions
  readonly #policy
  #because: FaultCode | undefined
  /** As `performance.now()` has it. */
  #openUntil = 0
  /** Has a call failed since the last one that did not? */
  #isFailing = false

  /** @param onChange told of each opening, and of the closing */
  constructor(options: CircuitOptions, onChange: (reading: CircuitReading) => void = () => {}) {
    const { statuses, pauseMs } = options
    this.#options = options
    this.#policy = circuitBreaker(
      handleWhen((error) => error === inconclusive || isFailure(error)).orWhenResult((answer) =>
        statuses.has((answer as Answered).status),
      ),
      {
        breaker: new ConsecutiveBreaker(options.failures),
        halfOpenAfter: new DelegateBackoff(() => noPause),
      },
    )
    this.#policy.onBreak((reason) => {
      if (isInconclusive(reason)) return
      this.#openUntil = performance.now() + pauseMs
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
    const left = this.#openUntil - performance.now()
    if (state === CircuitState.Open && left <= 0) return
    throw new Fault('upstream.circuit-open', {
      detail: `the last ${this.#options.failures} calls failed, with ${this.#because ?? 'a status that counts'}`,
      retryAfterSeconds: Math.max(1, left / 1000),
    })
  }

  /**
   * Makes a call and takes its outcome into account.
   *
   * @param call is given what it shall tell the status of the answer to, as soon as that is known
   */
  watch<Result extends Answered>(call: (answering: Answering) => Promise<Result>): Promise<Result> {
    return this.#policy.state === CircuitState.Closed ? this.#count(call) : this.#try(call)
  }

  /** What is counted are failures in a row: while there are none, the breaker need not be told of a success. */
  #count<Result extends Answered>(call: (answering: Answering) => Promise<Result>): Promise<Result> {
    return call(unheard).then(
      (answer) => {
        const isFailed = this.#options.statuses.has(answer.status)
        if (!isFailed && !this.#isFailing) return answer
        return this.#tell(isFailed, async () => answer).then(() => answer)
      },
      async (error) => {
        await this.#countFailure(error)
        throw error
      },
    )
  }

  /** Tells the breaker the outcome of a call that it did not make. Whatever ends after it has opened is late. */
  async #tell(isFailed: boolean, outcome: () => Promise<Answered>): Promise<void> {
    if (this.#policy.state !== CircuitState.Closed) return
    this.#isFailing = isFailed
    await this.#policy.execute(outcome).catch(() => {})
  }

  #try<Result extends Answered>(call: (answering: Answering) => Promise<Result>): Promise<Result> {
    const { promise: verdict, resolve, reject } = Promise.withResolvers<Answered>()
    const tooLate = setTimeout(() => reject(inconclusive), this.#options.pauseMs)
    // What throws at once is a call that failed like any other: nothing may leave here while the trial is open.
    const start = async () => call((status) => resolve({ status }))
    const outcome = start()
    outcome.then(resolve, (error: unknown) => {
      // Not thrown into the breaker, which would close and go on counting where it had stopped.
      if (isNonsense(error)) resolve({ status: 0 })
      else reject(isFailure(error) ? error : inconclusive)
    })
    const judged = this.#policy.execute(() => verdict).catch(() => {})
    verdict
      .then(
        () => outcome.catch((error: unknown) => this.#countFailure(error)),
        () => {},
      )
      .finally(() => clearTimeout(tooLate))
    return outcome.finally(() => judged)
  }

  /** An answer whose head closed the circuit may still break off, as any may. */
  async #countFailure(error: unknown): Promise<void> {
    if (isFailure(error)) await this.#tell(true, () => Promise.reject(error))
  }
}

function unheard(): void {}

function isFailure(error: unknown): boolean {
  return error instanceof Fault && failures.has(error.code)
}

/** An answer that makes no sense came from somebody: the upstream is there. */
function isNonsense(error: unknown): boolean {
  return error instanceof Fault && error.code === 'upstream.invalid-response'
}

function isInconclusive(reason: object): boolean {
  return 'error' in reason && reason.error === inconclusive
}
