import { connect, type Socket } from 'node:net'
import { type RawResponse, readResponses } from '@countersign/testkit'
import type { Case } from './generate-case.ts'

/** What came of one case on the wire. */
export interface Outcome {
  readonly sent: Case
  readonly responses: readonly RawResponse[]
  /** Every byte that came back. */
  readonly bytes: Buffer
  /** What is wrong with what came back, in words. */
  readonly wrong: readonly string[]
  /** The caller stopped waiting, or the answer broke off: lines of the record that belong to no answer may exist. */
  readonly hungUp: boolean
}

const hangMs = 15_000
/** How long a case that may be waiting for more of itself is given. */
const quietMs = 120

/** Sends cases one after the other, over one connection as long as it stays fit for another request. */
export class Lane {
  readonly #port: number
  readonly #fill: (text: string) => string
  #socket: Socket | undefined

  constructor(port: number, fill: (text: string) => string) {
    this.#port = port
    this.#fill = fill
  }

  async run(sent: Case): Promise<Outcome> {
    const bytes = Buffer.from(this.#fill(sent.text), 'latin1')
    const kept = sent.framed ? this.#socket : undefined
    if (kept) this.#socket = undefined
    const socket = kept?.writable && !kept.readableEnded ? kept : await open(this.#port)
    const exchange = new Exchange(socket, sent)
    socket.write(bytes)
    const outcome = await exchange.settled()
    if (exchange.isReusable(outcome)) this.#socket = socket
    else socket.destroy()
    return outcome
  }

  close(): void {
    this.#socket?.destroy()
  }
}

const endings = ['end', 'close', 'error'] as const

/** One case on a connection: reads until it is answered, or until nothing more is to be expected. */
class Exchange {
  readonly #socket: Socket
  readonly #sent: Case
  readonly #methods: readonly string[]
  readonly #done = Promise.withResolvers<Outcome>()
  readonly #hang: NodeJS.Timeout
  #quiet: NodeJS.Timeout | undefined
  #chunks: Buffer[] = []
  #ended = false
  #hungUp = false

  constructor(socket: Socket, sent: Case) {
    this.#socket = socket
    this.#sent = sent
    // Bytes that were tampered with may turn out to be more requests than they were.
    this.#methods = sent.framed ? sent.methods : [...sent.methods, ...Array<string>(20).fill('GET')]
    this.#hang = setTimeout(() => this.#settle(['it hangs']), hangMs)
    socket.on('data', this.#onData)
    for (const event of endings) socket.on(event, this.#onEnd)
    if (!sent.framed) this.#waitForQuiet()
  }

  settled(): Promise<Outcome> {
    return this.#done.promise
  }

  isReusable({ responses, hungUp, wrong }: Outcome): boolean {
    const last = responses.at(-1)
    return (
      this.#sent.framed &&
      !this.#ended &&
      !hungUp &&
      wrong.length === 0 &&
      last?.header('connection') !== 'close'
    )
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#look()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#look()
  }

  #look(): void {
    if (this.#ended) this.#settle([])
    else if (!this.#sent.framed) this.#waitForQuiet()
    else if (this.#isAnswered()) this.#settle([])
  }

  #isAnswered(): boolean {
    const read = this.#read()
    return typeof read === 'string' || read.responses.length === this.#methods.length
  }

  #waitForQuiet(): void {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => {
      this.#hungUp = true
      this.#socket.end()
    }, quietMs)
  }

  #read() {
    try {
      return readResponses(Buffer.concat(this.#chunks), this.#methods, this.#ended)
    } catch (error) {
      return String(error)
    }
  }

  #settle(wrong: readonly string[]): void {
    clearTimeout(this.#hang)
    clearTimeout(this.#quiet)
    this.#socket.off('data', this.#onData)
    for (const event of endings) this.#socket.off(event, this.#onEnd)
    const read = this.#read()
    const { responses, rest } = typeof read === 'string' ? { responses: [], rest: Buffer.alloc(0) } : read
    const isBrokenOff = rest.toString('latin1', 0, 10).startsWith('HTTP/1.1 2')
    const found = [...wrong]
    if (typeof read === 'string') found.push(read)
    if (rest.length > 0 && !isBrokenOff && !isBodyOf(responses.at(-1), rest))
      found.push(`bytes that belong to no answer: ${rest.toString('latin1', 0, 60)}`)
    this.#done.resolve({
      sent: this.#sent,
      responses,
      bytes: Buffer.concat(this.#chunks),
      wrong: found,
      hungUp: this.#hungUp || isBrokenOff || responses.length < this.#sent.methods.length,
    })
  }
}

/** The parser fails before anyone knows that the method was HEAD: the problem then has its body, and ends all. */
function isBodyOf(last: RawResponse | undefined, rest: Buffer): boolean {
  return last?.header('connection') === 'close' && Number(last.header('content-length')) === rest.length
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      // Between two cases nobody else listens; the next one finds out.
      socket.on('error', () => {})
      resolve()
    })
  })
  return socket
}
