import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type RawResponse, readResponses } from './raw-response.ts'

/** Where and how to connect. */
export interface RawTarget {
  /** Default `127.0.0.1`. */
  readonly host?: string
  readonly port: number
  /** Speaks TLS with these options. */
  readonly tls?: ConnectionOptions
  /** Milliseconds without the awaited answer before reading stops. Default 60000. */
  readonly timeoutMs?: number
}

/** Why reading stopped. */
export type RawEnding = 'answered' | 'closed' | 'reset' | 'timeout'

/** What came back over one connection. */
export interface RawExchange {
  readonly responses: readonly RawResponse[]
  /** Every byte received. */
  readonly bytes: Buffer
  /** Bytes behind the awaited answers: half an answer, or one that nobody asked for. */
  readonly rest: Buffer
  readonly ending: RawEnding
}

/** One open connection, written to byte by byte: for requests that stall, come in pieces or never end. */
export interface RawConnection extends AsyncDisposable {
  readonly socket: Socket
  /** Resolves when the bytes were handed to the system, also if the other side is gone (what came back tells). */
  write(bytes: string | Uint8Array): Promise<void>
  /**
   * Waits for the answers to requests of `methods`, counted from the start of the connection, or until the
   * other side closes, or the time is up.
   */
  read(methods: readonly string[]): Promise<RawExchange>
  close(): Promise<void>
}

/**
 * Sends `bytes` exactly as they are over a new connection, and reads one answer for each of `methods`
 * (default: one, to the method that `bytes` begins with).
 */
export async function sendRaw(
  target: RawTarget,
  bytes: string | Uint8Array,
  methods: readonly string[] = [firstWord(bytes)],
): Promise<RawExchange> {
  await using connection = await connectRaw(target)
  await connection.write(bytes)
  return await connection.read(methods)
}

/** Opens a connection; rejects when it is refused or its TLS handshake fails. */
export async function connectRaw(target: RawTarget): Promise<RawConnection> {
  const socket = await open(target)
  const chunks: Buffer[] = []
  let ended: RawEnding | undefined
  let wake = () => {}
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    wake()
  })
  socket.on('end', () => finish('closed'))
  socket.on('close', () => finish('closed'))
  socket.on('error', () => finish('reset'))
  function finish(ending: RawEnding): void {
    ended ??= ending
    wake()
  }

  async function read(methods: readonly string[]): Promise<RawExchange> {
    const deadline = AbortSignal.timeout(target.timeoutMs ?? 60_000)
    for (;;) {
      const bytes = Buffer.concat(chunks)
      const { responses, rest } = readResponses(bytes, methods, ended !== undefined)
      const answered = responses.length === methods.length ? 'answered' : undefined
      const ending = answered ?? ended ?? (deadline.aborted ? 'timeout' : undefined)
      if (ending !== undefined) return { responses, bytes, rest, ending }
      await new Promise<void>((resolve) => {
        wake = resolve
        deadline.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }
  async function close(): Promise<void> {
    socket.destroy()
  }
  const write = (bytes: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      socket.write(bytes, () => resolve())
    })
  return { socket, write, read, close, [Symbol.asyncDispose]: close }
}

async function open({ host = '127.0.0.1', port, tls }: RawTarget): Promise<Socket> {
  const socket = tls ? connectTls({ ...tls, host, port }) : connectTcp({ host, port })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject)
      resolve()
    })
  })
  return socket
}

function firstWord(bytes: string | Uint8Array): string {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1', 0, 32)
  return text.slice(0, 32).split(' ', 1)[0] ?? 'GET'
}
