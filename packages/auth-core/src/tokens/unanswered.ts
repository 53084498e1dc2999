import { Fault } from '../fault.ts'
import { isShortage, reasonOf } from '../shortage.ts'

/**
 * `mint.unavailable` for a request that got no answer, and `gateway.exhausted` for one that could not be sent for want
 * of a descriptor. Its detail names the reason, as in ` (ECONNREFUSED)`.
 */
export function unanswered(what: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const reason = reasonOf(cause)
  const code = isShortage(cause) ? 'gateway.exhausted' : 'mint.unavailable'
  return new Fault(code, { detail: reason === '' ? what : `${what} (${reason})`, cause })
}
