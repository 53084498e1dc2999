import { Fault } from '../fault.ts'

/**
 * `mint.unavailable` for a request that got no answer. Its detail names the first machine-readable code on the
 * way down, as in ` (ECONNREFUSED)`: messages may quote addresses.
 */
export function unanswered(what: string, cause: unknown): Fault {
  return cause instanceof Fault
    ? cause
    : new Fault('mint.unavailable', { detail: what + reason(cause), cause })
}

function reason(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return ` (${at.code})`
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return ` (${at.name})`
  }
  return ''
}
