import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { cutWhenStalled } from '../respond/cut-when-stalled.ts'
import type { Answer } from './answer.ts'
import type { AttemptTimeouts } from './deadlines.ts'
import type { Fields } from './request-headers.ts'
import { callerHeaders } from './response-headers.ts'

/** A chunk up to this length is worth copying, in bytes. */
const mostCopied = 4 * 1024

/** What an upstream's answer is written to the caller with. */
export interface AnswerWriterOptions {
  readonly res: ServerResponse
  readonly timeouts: AttemptTimeouts
  /** Fields that the gateway adds to the answer. */
  readonly ownFields: Fields
  /** Takes the gateway's secrets out of fields that quote them; only where a secret can be quoted. */
  readonly conceal?: ((headers: IncomingHttpHeaders) => IncomingHttpHeaders) | undefined
}

/** Told when the caller takes nothing more for now, and when it goes on. */
export interface ReaderWatch {
  stopped(): void
  goesOn(): void
}

/** Writes an upstream's answer into the caller's response as it arrives, no faster than the caller takes it. */
export class AnswerWriter {
  readonly #options: AnswerWriterOptions
  readonly #watch: ReaderWatch
  readonly #onDrain = (): void => {
    this.#isPaused = false
    this.#watch.goesOn()
    this.#controller?.resume()
  }
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #length: number | undefined
  #received = 0
  #tail: Buffer | undefined
  #isPaused = false

  constructor(options: AnswerWriterOptions, watch: ReaderWatch) {
    this.#options = options
    this.#watch = watch
  }

  begin(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const { res, ownFields, conceal } = this.#options
    const length = headers['content-length']
    this.#controller = controller
    this.#status = status
    this.#length = length === undefined ? undefined : Number(length)
    res.writeHead(status, callerHeaders(status, conceal ? conceal(headers) : headers, ownFields))
    // A stream of unknown length may be silent for long: its header section must not wait for the first byte.
    if (length === undefined) res.flushHeaders()
    if (res.writableNeedDrain) this.#pauseUntilDrain()
  }

  /** Hands on a piece of the body; the last one is held back, where it is known to be the last. */
  pass(chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#received === this.#length) this.#tail = chunk
    else if (!this.#options.res.write(chunk)) this.#pauseUntilDrain()
  }

  /** Holds back a body that has been read as a whole. */
  holdBack(body: Buffer): void {
    this.#received = body.length
    this.#tail = body
  }

  /** The whole answer is here. */
  answer(): Answer {
    const { res, timeouts } = this.#options
    const tail = this.#tail
    return {
      status: this.#status,
      bytes: this.#received,
      end() {
        endAnswer(res, tail)
        cutWhenStalled(res, timeouts.idleMs)
      },
    }
  }

  release(): void {
    if (this.#isPaused) this.#options.res.off('drain', this.#onDrain)
  }

  /** What the transport has read already still comes: a pause may be asked for again. */
  #pauseUntilDrain(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#watch.stopped()
    this.#controller?.pause()
    this.#options.res.once('drain', this.#onDrain)
  }
}

/**
 * Ends an answer with what was held back of it. A short rest goes as text of one byte a character, which
 * leaves in one piece with a header section that is still here: one write instead of a gathered one.
 */
function endAnswer(res: ServerResponse, rest: Buffer | undefined): void {
  if (rest && rest.length <= mostCopied) res.end(rest.toString('latin1'), 'latin1')
  else res.end(rest)
}
