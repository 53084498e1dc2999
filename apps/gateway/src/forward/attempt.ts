import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { Fault, type RefusalReason } from '@countersign/auth-core'
import type { Dispatcher } from 'undici'
import { together } from '../together.ts'
import type { Answer, Refusal, Switched } from './answer.ts'
import { AnswerWriter, type AnswerWriterOptions } from './answer-writer.ts'
import type { Answering } from './circuit.ts'
import { type DeadlineOptions, Deadlines } from './deadlines.ts'
import type { RefusalReader } from './refusal.ts'
import { upstreamFault } from './upstream-faults.ts'

/** What one attempt is made with. */
export interface AttemptOptions extends AnswerWriterOptions, DeadlineOptions {
  /** Tells a refusal of the gateway's credential, which is not for the caller, from an answer that is. */
  readonly refusals: RefusalReader
  /** Told the status as soon as the head of the answer is there, 101 included. */
  readonly answering?: Answering | undefined
  /** Takes the connection on which the upstream has switched protocols, until it ends. */
  readonly onSwitched: (switched: Switched) => Promise<Answer>
}

const mostInterimAnswers = 32
/** What is read of an answer to tell whether it is a refusal; longer ones are the upstream's own matter. */
const mostExaminedBytes = 16 * 1024
const mostRefusalBytes = 256 * 1024

/** One request to an upstream and its answer, streamed into the caller's response as it arrives. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #options: AttemptOptions
  readonly #outcome = Promise.withResolvers<Answer | Refusal>()
  readonly #onClose = (): void => this.#abort(new Fault('client.gone'))
  readonly #deadlines: Deadlines
  readonly #writer: AnswerWriter
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Fault | undefined
  #interim = 0
  /** The answer's fields, while it is still open whether it is a refusal. */
  #examined: IncomingHttpHeaders | undefined
  #held: Buffer[] = []
  #refused: RefusalReason | undefined
  #status = 0
  #received = 0

  constructor(options: AttemptOptions) {
    this.#options = options
    options.res.on('close', this.#onClose)
    this.#deadlines = new Deadlines(options, (late) => this.#abort(late))
    this.#writer = new AnswerWriter(options, this.#deadlines)
  }

  /** Settles when everything but the answer's end has been handed on, or with a refusal. */
  get answer(): Promise<Answer | Refusal> {
    return this.#outcome.promise
  }

  /** The request never reached the transport. */
  fail(error: unknown): void {
    this.#release()
    this.#outcome.reject(Fault.from(error))
  }

  /** Whether anything of the request may have been sent. The transport says so before the first byte. */
  get hasBegun(): boolean {
    return this.#controller !== undefined
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#deadlines.moved()
    if (this.#aborted) controller.abort(this.#aborted)
  }

  onBodySent(): void {
    this.#deadlines.moved()
  }

  onRequestSent(): void {
    this.#deadlines.sent()
  }

  /** The head of the answer has arrived; it may be a while until {@link Attempt.onResponseStart} hands it on. */
  onAnswering(status: number): void {
    this.#deadlines.answering()
    this.#options.answering?.(status)
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#release()
    this.#outcome.resolve(this.#options.onSwitched({ headers, socket }))
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
    this.#status = status
    if (status > 599) throw invalid(`status ${status}`)
    assertPlainFraming(headers)
    if (this.#options.refusals.mayBeOne(status)) this.#examined = headers
    else this.#writer.begin(controller, status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#examined) this.#hold(controller, chunk, this.#examined)
    else this.#writer.pass(chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#refused = this.#examined && this.#judge(controller, this.#examined)
    this.#release()
    goOn(this)
  }

  /** The answer is here, all but its end, which is let go when the call is on record. */
  goOn(): void {
    this.#outcome.resolve(this.#refused ? { refused: this.#refused } : this.#writer.answer())
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#release()
    this.#outcome.reject(this.#aborted ?? upstreamFault(error))
  }

  /** Keeps the beginning of an answer that may be a refusal. A 401 is one in any case, however long it is. */
  #hold(controller: Dispatcher.DispatchController, chunk: Buffer, headers: IncomingHttpHeaders): void {
    if (this.#received <= mostExaminedBytes) {
      this.#held.push(chunk)
    } else if (this.#status === 401) {
      this.#held = []
      if (this.#received > mostRefusalBytes) controller.abort(invalid('a refusal of unreasonable size'))
    } else {
      this.#examined = undefined
      this.#writer.begin(controller, this.#status, headers)
      this.#writer.pass(Buffer.concat([...this.#held, chunk]))
    }
  }

  /** The whole of an answer that may be a refusal is here: it is one, or it is handed on. */
  #judge(controller: Dispatcher.DispatchController, headers: IncomingHttpHeaders): RefusalReason | undefined {
    const body = Buffer.concat(this.#held)
    const refused = this.#options.refusals.read(this.#status, body, headers['content-encoding'])
    if (refused !== undefined) return refused
    this.#writer.begin(controller, this.#status, headers)
    this.#writer.holdBack(body)
    return undefined
  }

  #abort(fault: Fault): void {
    if (this.#aborted) return
    this.#aborted = fault
    this.#controller?.abort(fault)
    this.#release()
    this.#outcome.reject(fault)
  }

  #release(): void {
    this.#deadlines.clear()
    this.#options.res.off('close', this.#onClose)
    this.#writer.release()
  }
}

const goOn = together((attempt: Attempt) => attempt.goOn())

/** RFC 9112 6.3: one field says where the answer ends, and no coding hides in it that the caller would not undo. */
function assertPlainFraming(headers: IncomingHttpHeaders): void {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return
  if (coding.toLowerCase() !== 'chunked') throw invalid('a transfer coding other than chunked')
  if (headers['content-length'] !== undefined) throw invalid('both Transfer-Encoding and Content-Length')
}

function invalid(detail: string): Fault {
  return new Fault('upstream.invalid-response', { detail })
}
