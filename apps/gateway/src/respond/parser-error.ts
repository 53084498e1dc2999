import type { Duplex } from 'node:stream'
import { Fault } from '@countersign/auth-core'
import { newRequestId } from '../trace/request-id.ts'
import { endConnection } from './end-connection.ts'
import { problemOf } from './problem.ts'

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** What the parser's error means to the caller. */
export function parserFault(error: NodeJS.ErrnoException): Fault {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Fault('request.too-large', { cause: error })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Fault('request.timeout', { cause: error })
    default:
      return new Fault('request.malformed', { cause: error, detail: error.code ?? 'not HTTP' })
  }
}

/** Answers what never became a request, as cleanly as the rest, and closes the connection, which must be writable. */
export function answerUnparsed(fault: Fault, socket: Duplex): void {
  const { status, headers, body } = problemOf(fault, newRequestId())
  // Only a header section can be too large before there is a request (RFC 6585 5).
  const shown = fault.code === 'request.too-large' ? 431 : status
  const adapted = body.replace(`"status":${status}`, `"status":${shown}`)
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  endConnection(socket, `HTTP/1.1 ${shown} ${reasons[shown]}\r\n${lines.join('')}\r\n${adapted}`)
}
