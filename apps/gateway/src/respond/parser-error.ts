import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { Fault, type FaultCode } from '@countersign/auth-core'
import { problemOf } from './problem.ts'

const meanings: ReadonlyMap<string | undefined, FaultCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'request.too-large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'request.too-large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request.timeout'],
])
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/**
 * Answers what never became a request, as cleanly as the rest, and closes the connection.
 *
 * @returns the code, to be counted
 */
export function answerParserError(error: NodeJS.ErrnoException, socket: Duplex): FaultCode {
  const code = meanings.get(error.code) ?? 'request.malformed'
  const { status, headers, body } = problemOf(new Fault(code, { cause: error }), randomUUID())
  const shown = code === 'request.too-large' ? 431 : status
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return code
  }
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const adapted = body.replace(`"status":${status}`, `"status":${shown}`)
  socket.end(`HTTP/1.1 ${shown} ${reasons[shown]}\r\n${lines.join('')}\r\n${adapted}`)
  return code
}
