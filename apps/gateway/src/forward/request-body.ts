import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { Fault } from '@countersign/auth-core'
import { assertUnbroken } from '../edge/broken-body.ts'
import { brokenOff } from '../edge/still-there.ts'
import { grown } from './grown.ts'
import { type FieldFinder, methodFieldFinder } from './method-field.ts'

/** In bytes. */
export interface BodyLimits {
  /** A longer body is refused while it arrives. */
  readonly maxBytes: number
  /** Bodies up to this length are kept for a replay; 0 keeps none. */
  readonly keepBytes: number
}

/**
 * A caller's request body on its way upstream.
 *
 * The transport destroys the stream it is given when a call fails. Were that the request itself, the caller's
 * connection would go with it, and no answer could be written: so the body is handed on by this stream. It
 * also keeps a copy, up to a limit, for the one replay that a 401 may cause, and ends in an error where the
 * caller broke off, so that an upstream never takes half a message for a whole one.
 */
export class RequestBody extends Readable {
  readonly #source: IncomingMessage
  readonly #limits: BodyLimits
  readonly #namesMethod: FieldFinder | undefined
  #kept: Buffer | undefined
  #size = 0

  /** @throws {Fault} `request.too-large` when that is announced; `request.malformed`; what already broke the body */
  constructor(source: IncomingMessage, limits: BodyLimits) {
    super({ highWaterMark: 64 * 1024 })
    assertUnbroken(source)
    if (Number(source.headers['content-length']) > limits.maxBytes) throw tooLarge(limits)
    this.#source = source
    this.#namesMethod = finderFor(source)
    this.#limits = limits
    this.#kept = limits.keepBytes > 0 ? nothing : undefined
    source.on('data', (chunk: Buffer) => this.#take(chunk))
    source.on('end', () => this.push(null))
    source.on('error', (error: Error) => this.destroy(brokenOff(error)))
    source.on('close', () => {
      if (!source.complete) this.destroy(new Fault('client.gone', { detail: 'the request body broke off' }))
    })
    // The transport hears of an error once it reads; before that, nobody may be listening.
    this.on('error', () => {})
    source.pause()
  }

  /** The whole body, if it has arrived and was small enough to keep. */
  replay(): Buffer | undefined {
    return this.#source.complete ? this.#kept?.subarray(0, this.#size) : undefined
  }

  // What pauses this stream pauses the source as well: a chunk that arrived meanwhile would have to be kept here, and
  // by the time it goes on it would have left the processor's cache.
  override pause(): this {
    this.#source.pause()
    return super.pause()
  }

  override resume(): this {
    if (!this.destroyed) this.#source.resume()
    return super.resume()
  }

  /** Does the upstream wait for what the caller has not sent yet? Otherwise it is it that takes nothing. */
  get awaitsCaller(): boolean {
    return this.readableFlowing === true && this.readableLength === 0 && !this.#source.complete
  }

  override _read(): void {
    this.#source.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.pause()
    callback(error)
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return
    const start = this.#size
    this.#size += chunk.length
    if (this.#size > this.#limits.maxBytes) {
      this.destroy(tooLarge(this.#limits))
      return
    }
    if (this.#namesMethod?.(chunk)) {
      this.destroy(new Fault('request.malformed', { says: 'A form may not change the method.' }))
      return
    }
    if (this.#kept) this.#kept = this.#keep(this.#kept, chunk, start)
    if (!this.push(chunk)) this.#source.pause()
  }

  /** Most bodies come in one piece. */
  #keep(kept: Buffer, chunk: Buffer, start: number): Buffer | undefined {
    const { keepBytes } = this.#limits
    const end = start + chunk.length
    if (end > keepBytes) return undefined
    if (start === 0) return chunk
    const whole = grown(kept, end, keepBytes)
    chunk.copy(whole, start)
    return whole
  }
}

const nothing = Buffer.alloc(0)

/**
 * Looks for `_method` in a POST that some server takes for a form.
 *
 * @throws {Fault} `request.malformed` one that is compressed: it cannot be looked into
 */
function finderFor({ method, rawHeaders, headers }: IncomingMessage): FieldFinder | undefined {
  if (method !== 'POST') return undefined
  // Two lines of it are two readings.
  const types: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 12 && name.toLowerCase() === 'content-type') types.push(rawHeaders[at + 1] as string)
  }
  const finder = methodFieldFinder(types)
  const coding = headers['content-encoding'] ?? 'identity'
  if (finder === undefined || types.length === 0 || coding.toLowerCase() === 'identity') return finder
  throw new Fault('request.malformed', { says: 'A form has no Content-Encoding here.' })
}

/** Does this request announce a body? (RFC 9112 6.3: only these two fields can.) */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length']
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0)
}

function tooLarge({ maxBytes }: BodyLimits): Fault {
  return new Fault('request.too-large', { detail: `the body exceeds ${maxBytes} bytes` })
}
