import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Attempt } from './attempt.ts'
import { decodeContent, isKnownCoding } from './decode-content.ts'
import { EchoScanner } from './echo-scanner.ts'
import type { Spelling } from './secret-spellings.ts'

/** Bytes of a body that are looked through. */
const mostScanned = 64 * 1024
/** Longest encoded body that is decoded to be looked through; it is kept until it is whole. */
const mostHeld = 16 * 1024
/** How long the end of a piece is kept that may be the beginning of a secret, while nothing follows: milliseconds. */
const keptForMs = 50

type Controller = Dispatcher.DispatchController

/**
 * Stands before whoever takes an upstream's answer, and masks the credential that the gateway showed to the
 * upstream where the answer quotes it: in fields, in the first 64 KiB of a body, and in a compressed body of up to
 * 16 KiB, which is then handed on without its coding. A mask is as long as what it covers.
 *
 * This is for careless upstreams: one that wants to give a credential away has other ways to spell it.
 */
export class EchoGuard implements Dispatcher.DispatchHandler {
  readonly #next: Attempt
  readonly #scanner: EchoScanner
  readonly #spellings: readonly Spelling[]
  readonly #onEcho: () => void
  #held: { status: number; headers: IncomingHttpHeaders; chunks: Buffer[] } | undefined
  #isDone = false
  #length: number | undefined
  #received = 0
  #timer: NodeJS.Timeout | undefined

  /**
   * @param spellings as `secretSpellings` gives them
   * @param onEcho told once, at the answer's end, when there was something to mask
   */
  constructor(next: Attempt, spellings: readonly Spelling[], onEcho: () => void) {
    this.#next = next
    this.#scanner = new EchoScanner(spellings)
    this.#spellings = spellings
    this.#onEcho = onEcho
  }

  fail(error: unknown): void {
    this.#next.fail(error)
  }

  onRequestStart(controller: Controller): void {
    this.#next.onRequestStart(controller)
  }

  onBodySent(): void {
    this.#next.onBodySent()
  }

  onRequestSent(): void {
    this.#next.onRequestSent()
  }

  onRequestUpgrade(
    controller: Controller,
    status: number,
    received: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    const headers = this.#maskFields(received)
    if (this.#scanner.found) this.#onEcho()
    this.#next.onAnswering(status)
    this.#next.onRequestUpgrade(controller, status, headers, socket)
  }

  onResponseStart(controller: Controller, status: number, received: IncomingHttpHeaders): void {
    if (status >= 200) this.#next.onAnswering(status)
    const headers = this.#maskFields(received)
    const { 'content-length': length, 'content-encoding': coding } = headers
    this.#length = length === undefined ? undefined : Number(length)
    if (status >= 200 && isHeld(headers, this.#length)) {
      this.#held = { status, headers, chunks: [] }
      return
    }
    this.#isDone = coding !== undefined && coding !== 'identity'
    this.#next.onResponseStart(controller, status, headers)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#received += chunk.length
    clearTimeout(this.#timer)
    if (this.#isDone) this.#next.onResponseData(controller, chunk)
    else if (this.#held) this.#hold(controller, chunk)
    else this.#scan(controller, chunk)
  }

  onResponseEnd(controller: Controller): void {
    if (this.#held) this.#handOnDecoded(controller)
    this.#handOnRest(controller)
    if (this.#scanner.found) this.#onEcho()
    this.#next.onResponseEnd(controller)
  }

  onResponseError(controller: Controller, error: Error): void {
    clearTimeout(this.#timer)
    this.#next.onResponseError(controller, error)
  }

  #maskFields(received: IncomingHttpHeaders): IncomingHttpHeaders {
    for (const name in received) {
      const value = received[name]
      const masked = Array.isArray(value)
        ? value.map((one) => this.#masked(one))
        : value && this.#masked(value)
      if (masked !== value) received[name] = masked
    }
    return received
  }

  #masked(value: string): string {
    let masked = value
    for (const { text: spelling } of this.#spellings) {
      if (masked.length < spelling.length || !masked.includes(spelling)) continue
      masked = masked.replaceAll(spelling, '*'.repeat(spelling.length))
      this.#scanner.found = true
    }
    return masked
  }

  #scan(controller: Controller, chunk: Buffer): void {
    this.#isDone = this.#received > mostScanned
    const isLast = this.#isDone || this.#received === this.#length
    const bytes = this.#scanner.take(chunk, isLast)
    if (bytes.length > 0) this.#next.onResponseData(controller, bytes)
    // Whoever quotes a secret does so at once; a stream that pauses behind such an end must not wait for its next piece.
    if (this.#scanner.isHolding) this.#timer = setTimeout(() => this.#handOnRest(controller), keptForMs)
  }

  #handOnRest(controller: Controller): void {
    clearTimeout(this.#timer)
    const rest = this.#scanner.rest()
    if (rest) this.#next.onResponseData(controller, rest)
  }

  #hold(controller: Controller, chunk: Buffer): void {
    this.#held?.chunks.push(chunk)
    if (this.#received > mostHeld) this.#handOnHeld(controller)
  }

  #handOnHeld(controller: Controller): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    this.#isDone = true
    this.#next.onResponseStart(controller, held.status, held.headers)
    for (const chunk of held.chunks) this.#next.onResponseData(controller, chunk)
  }

  /** The whole encoded body is here: as it came when there is nothing in it, decoded and masked otherwise. */
  #handOnDecoded(controller: Controller): void {
    const held = this.#held
    const plain = held && decoded(Buffer.concat(held.chunks), held.headers['content-encoding'])
    const before = this.#scanner.found
    this.#scanner.found = false
    const bytes = plain && this.#scanner.take(plain, true)
    if (held === undefined || bytes === undefined || !this.#scanner.found) {
      this.#scanner.found = before
      this.#handOnHeld(controller)
      return
    }
    this.#held = undefined
    const headers: IncomingHttpHeaders = { ...held.headers, 'content-length': String(bytes.length) }
    for (const name of ofTheEncodedBody) delete headers[name]
    this.#next.onResponseStart(controller, held.status, headers)
    this.#next.onResponseData(controller, bytes)
  }
}

const ofTheEncodedBody = ['content-encoding', 'transfer-encoding', 'etag', 'digest', 'content-md5'] as const

/** What is read as a whole; a stream of events must not wait for its end. */
const wholeTypes = /^(?:application\/(?:[\w.+-]+\+)?(?:json|xml)|text\/(?:plain|html|xml))(?:[ \t]*;|$)/i

function isHeld(headers: IncomingHttpHeaders, length: number | undefined): boolean {
  if (!isKnownCoding(headers['content-encoding'] ?? '')) return false
  return length === undefined ? wholeTypes.test(headers['content-type'] ?? '') : length <= mostHeld
}

function decoded(body: Buffer, coding: string | undefined): Buffer | undefined {
  try {
    return decodeContent(body, coding, 4 * mostScanned)
  } catch {
    return undefined
  }
}
