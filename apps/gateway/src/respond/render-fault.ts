import { Fault } from '@countersign/auth-core'
import type { ErrorRequestHandler } from 'express'
import { problemOf } from './problem.ts'

/** Express's error middleware: writes the fault, or breaks the answer off when it has already begun. */
export const renderFault: ErrorRequestHandler = (error, req, res, _next) => {
  if (res.headersSent || res.destroyed) {
    // A caller that got half an answer must not take it for a whole one.
    res.destroy()
    return
  }
  const { status, headers, body } = problemOf(Fault.from(error), requestIdOf(res.getHeader('x-request-id')))
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  // What is left of the request body is not read: the connection cannot carry another request.
  const rest = req.complete ? {} : { connection: 'close' }
  res.writeHead(status, { ...headers, ...rest })
  res.end(req.method === 'HEAD' ? undefined : body)
}

function requestIdOf(header: unknown): string {
  return typeof header === 'string' ? header : 'none'
}
