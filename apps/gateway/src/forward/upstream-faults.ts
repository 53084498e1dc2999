import { Fault, type FaultCode } from '@countersign/auth-core'

/** What the transport's error codes mean to a caller. Codes that are not listed are `upstream.unreachable`. */
const meanings: ReadonlyMap<string, FaultCode> = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', 'upstream.timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'upstream.timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'upstream.timeout'],
  ['ETIMEDOUT', 'upstream.timeout'],
  ['UND_ERR_SOCKET', 'upstream.aborted'],
  ['ECONNRESET', 'upstream.aborted'],
  ['EPIPE', 'upstream.aborted'],
  // Of this process or machine: the upstream has no part in it, and is not to be left alone for it.
  ['EMFILE', 'gateway.exhausted'],
  ['ENFILE', 'gateway.exhausted'],
  ['ENOBUFS', 'gateway.exhausted'],
  ['UND_ERR_HEADERS_OVERFLOW', 'upstream.invalid-response'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'upstream.invalid-response'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'upstream.invalid-response'],
])

/** An error of the transport, as the fault that the caller and the record see. */
export function upstreamFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const cause = error as { code?: unknown; name?: unknown; message?: unknown }
  const code = typeof cause?.code === 'string' ? cause.code : ''
  const parsing = cause?.name === 'HTTPParserError' || code.startsWith('HPE_')
  const meaning = parsing ? 'upstream.invalid-response' : (meanings.get(code) ?? 'upstream.unreachable')
  return new Fault(meaning, { cause: error, detail: `${code || cause?.name}: ${cause?.message}` })
}
