import type { Socket } from 'node:net'
import type { RecordedRequest } from './recorder.ts'

/**
 * What to send for a request: raw bytes, or a function that gives them. A function that gives nothing has
 * done to the socket what it wanted, or keeps silent.
 */
export type RawAnswer =
  | string
  | Uint8Array
  | ((request: RecordedRequest, socket: Socket) => Sent | Promise<Sent>)

// biome-ignore lint/suspicious/noConfusingVoidType: a function that only touches the socket returns nothing
type Sent = string | Uint8Array | undefined | void

/** Answers 200 with a small JSON body (HEAD: with its fields only) and keeps the connection. */
export function answersOk(): RawAnswer {
  const answer = rawAnswer(200, '{"ok":true}', { 'content-type': 'application/json' })
  const head = answer.slice(0, answer.indexOf('\r\n\r\n') + 4)
  return (request) => (request.method === 'HEAD' ? head : answer)
}

/** A well-formed answer as raw text: status, fields, `Content-Length` and `body`. A place to start from. */
export function rawAnswer(status: number, body = '', headers: Record<string, string> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Never answers; the connection stays open. */
export function staysSilent(): RawAnswer {
  return () => undefined
}

/** Cuts the connection with a TCP reset in place of an answer. */
export function resetsConnection(): RawAnswer {
  return (_request, socket) => {
    socket.resetAndDestroy()
  }
}

/** Sends `raw` and closes the connection, wherever in the answer that is. */
export function sendsThenCloses(raw: string | Uint8Array): RawAnswer {
  return (_request, socket) => {
    socket.end(raw)
  }
}
