import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { hopByHopFields, originBoundFields } from './header-fields.ts'

/**
 * The header section that goes back to the caller: the upstream's own, without what belongs to the
 * connection behind us and to the upstream's origin.
 */
export function callerHeaders(status: number, received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = connectionOptions(received.connection)
  const headers: OutgoingHttpHeaders = {}
  for (const name in received) {
    if (hopByHopFields.has(name) || originBoundFields.has(name) || named?.has(name)) continue
    // A bodiless status with a length would shift every later answer on the caller's connection.
    if (name === 'content-length' && (status === 204 || status === 205)) continue
    headers[name] = received[name]
  }
  return headers
}

/** What `Connection` names, for the rare answer that says more than keep-alive or close. */
function connectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  const options = String(connection).toLowerCase().split(',')
  return new Set(options.map((option) => option.trim()).filter((option) => option !== 'content-length'))
}
