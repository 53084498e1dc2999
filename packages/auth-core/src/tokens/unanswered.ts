import { Fault } from '../fault.ts'

/** What this process or machine lacks to make a connection: nothing to do with who was asked. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS'])

/**
 * `mint.unavailable` for a request that got no answer, and `gateway.exhausted` for one that could not be sent for want
 * of a descriptor. Its detail names the first machine-readable code on the way down, as in ` (ECONNREFUSED)`: messages
 * may quote addresses.
 */
export function unanswered(what: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const reason = reasonOf(cause)
  const code = shortages.has(reason) ? 'gateway.exhausted' : 'mint.unavailable'
  return new Fault(code, { detail: reason === '' ? what : `${what} (${reason})`, cause })
}

function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return at.name
  }
  return ''
}
