import { createServer, type Socket } from 'node:net'
import type { Fields } from './fields.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts'
import { type FramedMessage, FramingError, frameMessage } from './message-framing.ts'
import { answersOk, type RawAnswer } from './raw-answer.ts'

/** One request as it came over the wire. */
export interface RecordedRequest {
  /** Which connection it came on, counted from 0. */
  readonly connection: number
  /** Request line and fields up to and with the empty line, byte for byte (latin1). */
  readonly head: string
  readonly method: string
  readonly target: string
  readonly headers: Fields
  /** The content, without chunk framing. */
  readonly body: Buffer
  /** Fields after the last chunk. */
  readonly trailers: Fields
}

/** An upstream that keeps every byte it is sent and answers with bytes that a test wrote. */
export interface Recorder extends LoopbackServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Complete requests in order of arrival. */
  readonly requests: readonly RecordedRequest[]
  /** How many connections were opened. */
  readonly connections: number
  /** Why connections were given up: bytes that two readers could frame differently. Should stay empty. */
  readonly violations: readonly string[]
  /** How many connections ended inside a message: what a caller broke off must never look complete. */
  readonly incomplete: number
  /** All bytes received; over every connection one after the other, or over one of them. */
  bytes(connection?: number): Buffer
  /** Answers every further request like this. Default: 200 with `{"ok":true}`, kept alive. */
  answerWith(answer: RawAnswer): void
  /** Resolves when at least `count` requests have arrived, at once if they have. */
  received(count: number): Promise<readonly RecordedRequest[]>
  /** Drops what was recorded; open connections stay open. */
  forget(): void
}

/** Starts a recorder on a free loopback port, speaking plain TCP and judging the framing itself. */
export async function startRecorder(): Promise<Recorder> {
  const recording = createRecording()
  const server = await listenOnLoopback(createServer((socket) => recording.take(socket)))
  return Object.assign(recording.recorder, server, { url: `http://${server.authority}` })
}

type Recording = Omit<Recorder, keyof LoopbackServer | 'url'>

function createRecording(): { recorder: Recording; take(socket: Socket): void } {
  const requests: RecordedRequest[] = []
  const received: Buffer[][] = []
  const violations: string[] = []
  const waiting = new Set<() => void>()
  let answer: RawAnswer = answersOk()
  let incomplete = 0

  async function serve(socket: Socket, connection: number): Promise<void> {
    const pending = new GrowingBuffer()
    let hasSwitched = false
    socket.once('close', () => {
      if (pending.bytes.length > 0) incomplete += 1
    })
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received[connection]?.push(chunk)
      if (!hasSwitched) pending.append(chunk)
      for (let message = frameMessage(pending.bytes); message; message = frameMessage(pending.bytes)) {
        pending.drop(message.length)
        const request = requestOf(message, connection)
        requests.push(request)
        for (const check of waiting) check()
        hasSwitched = await reply(answer, request, socket)
      }
    }
  }

  function take(socket: Socket): void {
    const connection = received.push([]) - 1
    serve(socket, connection).catch((error: unknown) => {
      if (error instanceof FramingError) violations.push(error.message)
      socket.destroy()
    })
  }

  const recorder: Recording = {
    requests,
    violations,
    get connections() {
      return received.length
    },
    get incomplete() {
      return incomplete
    },
    bytes: (connection) =>
      Buffer.concat(connection === undefined ? received.flat() : (received[connection] ?? [])),
    answerWith(next) {
      answer = next
    },
    received: (count) =>
      new Promise((resolve) => {
        function check(): void {
          if (requests.length < count) return
          waiting.delete(check)
          resolve(requests)
        }
        waiting.add(check)
        check()
      }),
    forget() {
      requests.length = 0
      violations.length = 0
      incomplete = 0
      for (const bytes of received) bytes.length = 0
    },
  }
  return { recorder, take }
}

/** Sends the answer; true after a 101: what follows is another protocol's, and only kept. */
async function reply(answer: RawAnswer, request: RecordedRequest, socket: Socket): Promise<boolean> {
  const sent = typeof answer === 'function' ? await answer(request, socket) : answer
  if (sent !== undefined && socket.writable) socket.write(sent)
  return typeof sent === 'string' && sent.startsWith('HTTP/1.1 101 ')
}

function requestOf(message: FramedMessage, connection: number): RecordedRequest {
  const line = /^(\S+) (.*) HTTP\/1\.[01]$/.exec(message.startLine)
  if (line === null) throw new FramingError(`request line: ${JSON.stringify(message.startLine)}`)
  const { head, headers, body, trailers } = message
  return { connection, head, method: line[1] ?? '', target: line[2] ?? '', headers, body, trailers }
}
