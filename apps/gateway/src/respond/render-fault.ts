import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, type FaultCode } from '@countersign/auth-core'
import { type Problem, problemOf } from './problem.ts'

/** Ends a request with what was thrown. Express takes it for its error middleware by its four parameters. */
export type FaultRenderer = (
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  _next?: unknown,
) => void

/** How a fault looks to whoever sent the request. */
type FaultForm = (fault: Fault, requestId: string, req: IncomingMessage) => Problem

/** Makes a renderer that gives faults this form. */
export function createFaultRenderer(form: FaultForm): FaultRenderer {
  return function renderFault(error, req, res, _next) {
    render(error, { req, res, form })
  }
}

/** Renders faults as problem details. */
export const renderFault: FaultRenderer = createFaultRenderer((fault, requestId) =>
  problemOf(fault, requestId),
)

interface Rendering {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly form: FaultForm
}

/** Writes the fault, or breaks the answer off when it has already begun. */
function render(error: unknown, { req, res, form }: Rendering): void {
  if (res.headersSent || res.destroyed) {
    // A caller that got half an answer must not take it for a whole one.
    res.destroy()
    return
  }
  const fault = Fault.from(error)
  const { status, headers, body } = form(fault, announcedId(res.getHeader('x-request-id')), req)
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  // What is left of the request's body is not read, and what could be read in two ways is not read on from:
  // the connection cannot carry another request.
  const mustClose = !req.complete || doubtful.has(fault.code)
  res.writeHead(status, mustClose ? { ...headers, connection: 'close' } : headers)
  res.end(req.method === 'HEAD' ? undefined : body)
}

const doubtful: ReadonlySet<FaultCode> = new Set(['request.malformed', 'request.unsupported'])

function announcedId(header: unknown): string {
  return typeof header === 'string' ? header : 'none'
}
