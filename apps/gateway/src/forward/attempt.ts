import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { Fault } from '@countersign/auth-core'
import type { Dispatcher } from 'undici'
import { callerHeaders } from './response-headers.ts'
import { upstreamFault } from './upstream-faults.ts'

/** An upstream's answer, handed on but for its end: the record is written before the last byte leaves. */
export interface Answer {
  readonly status: number
  /** Bytes of the body. */
  readonly bytes: number
  /** Sends what was held back. Until then the caller's message is not complete. */
  end(): void
}

/** How long an upstream may take, in milliseconds. */
export interface AttemptTimeouts {
  /** From the request's last byte to the answer's first. */
  readonly firstByteMs: number
  /** From start to end. */
  readonly totalMs: number
}

/** What one attempt is made with. */
export interface AttemptOptions {
  readonly res: ServerResponse
  readonly timeouts: AttemptTimeouts
  /** Fields that the gateway adds to the answer. */
  readonly ownHeaders: Readonly<Record<string, string>>
  /** Statuses whose answer is not for the caller: it is read to its end and thrown away. */
  readonly withhold: (status: number) => boolean
}

const mostInterimAnswers = 32
const mostWithheldBytes = 256 * 1024

/**
 * One request to an upstream and its answer, streamed into the caller's response as it arrives.
 *
 * {@link Attempt.answer} settles when everything but the answer's end has been handed on; with `undefined`
 * when the answer was withheld.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly answer: Promise<Answer | undefined>
  readonly #options: AttemptOptions
  readonly #settle: { resolve(answer: Answer | undefined): void; reject(fault: Fault): void }
  readonly #onClose = (): void => this.#abort(new Fault('client.gone'))
  readonly #onDrain = (): void => this.#controller?.resume()
  readonly #total: NodeJS.Timeout
  #firstByte: NodeJS.Timeout | undefined
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Fault | undefined
  #interim = 0
  #withheld = false
  #status = 0
  #length: number | undefined
  #received = 0
  #tail: Buffer | undefined

  constructor(options: AttemptOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>()
    this.answer = promise
    this.#options = options
    this.#settle = { resolve, reject }
    options.res.once('close', this.#onClose)
    const late = () => this.#abort(new Fault('upstream.timeout', { detail: 'the whole call took too long' }))
    this.#total = setTimeout(late, options.timeouts.totalMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted) controller.abort(this.#aborted)
  }

  onRequestSent(): void {
    const late = () => this.#abort(new Fault('upstream.timeout', { detail: 'no answer in time' }))
    this.#firstByte = setTimeout(late, this.#options.timeouts.firstByteMs)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) {
      this.#interim += 1
      if (this.#interim > mostInterimAnswers) throw invalid('more interim answers than anyone needs')
      return
    }
    clearTimeout(this.#firstByte)
    this.#status = status
    this.#withheld = this.#options.withhold(status)
    if (this.#withheld) return
    if (status > 599) throw invalid(`status ${status}`)
    if (headers['transfer-encoding'] !== undefined && headers['content-length'] !== undefined) {
      throw invalid('both Transfer-Encoding and Content-Length')
    }
    this.#begin(controller, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#withheld) {
      if (this.#received > mostWithheldBytes) controller.abort(invalid('a refusal of unreasonable size'))
      return
    }
    if (this.#received === this.#length) {
      this.#tail = chunk
    } else if (!this.#options.res.write(chunk)) {
      controller.pause()
    }
  }

  onResponseEnd(): void {
    this.#release()
    const { res } = this.#options
    const tail = this.#tail
    const answer = { status: this.#status, bytes: this.#received, end: () => void res.end(tail) }
    this.#settle.resolve(this.#withheld ? undefined : answer)
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#release()
    this.#settle.reject(this.#aborted ?? upstreamFault(error))
  }

  #begin(controller: Dispatcher.DispatchController, headers: IncomingHttpHeaders): void {
    const { res, ownHeaders } = this.#options
    const length = headers['content-length']
    this.#length = length === undefined ? undefined : Number(length)
    res.writeHead(this.#status, { ...callerHeaders(this.#status, headers), ...ownHeaders })
    // A stream of unknown length may be silent for long: its header section must not wait for the first byte.
    if (length === undefined) res.flushHeaders()
    res.on('drain', this.#onDrain)
    if (res.writableNeedDrain) controller.pause()
  }

  #abort(fault: Fault): void {
    if (this.#aborted) return
    this.#aborted = fault
    this.#controller?.abort(fault)
    this.#release()
    this.#settle.reject(fault)
  }

  #release(): void {
    clearTimeout(this.#total)
    clearTimeout(this.#firstByte)
    this.#options.res.off('close', this.#onClose)
    this.#options.res.off('drain', this.#onDrain)
  }
}

function invalid(detail: string): Fault {
  return new Fault('upstream.invalid-response', { detail })
}
