import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, type FaultCode } from '@countersign/auth-core'
import { problemOf } from './problem.ts'

/**
 * Writes the fault, or breaks the answer off when it has already begun. Express takes it for its error
 * middleware by its four parameters.
 */
export function renderFault(
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  _next?: unknown,
): void {
  if (res.headersSent || res.destroyed) {
    // A caller that got half an answer must not take it for a whole one.
    res.destroy()
    return
  }
  const fault = Fault.from(error)
  const { status, headers, body } = problemOf(fault, requestIdOf(res.getHeader('x-request-id')))
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  // What is left of the request's body is not read, and what could be read in two ways is not read on from:
  // the connection cannot carry another request.
  const mustClose = !req.complete || doubtful.has(fault.code)
  res.writeHead(status, mustClose ? { ...headers, connection: 'close' } : headers)
  res.end(req.method === 'HEAD' ? undefined : body)
}

const doubtful: ReadonlySet<FaultCode> = new Set(['request.malformed', 'request.unsupported'])

function requestIdOf(header: unknown): string {
  return typeof header === 'string' ? header : 'none'
}
