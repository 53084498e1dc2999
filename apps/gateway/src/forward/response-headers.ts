import type { IncomingHttpHeaders, OutgoingHttpHeader } from 'node:http'
import { hopByHopFields, originBoundFields } from './header-fields.ts'
import type { Fields } from './request-headers.ts'

const endsHere: ReadonlySet<string> = new Set([...hopByHopFields, ...originBoundFields])

/**
 * The header section that goes back to the caller, names and values in turn: the upstream's own, without what
 * belongs to the connection behind us and to the upstream's origin, then what the gateway itself says.
 */
export function callerHeaders(
  status: number,
  received: IncomingHttpHeaders,
  own: Fields,
): OutgoingHttpHeader[] {
  const named = connectionOptions(received.connection)
  const headers: OutgoingHttpHeader[] = []
  for (const name in received) {
    if (endsHere.has(name) || named?.has(name)) continue
    // A bodiless status with a length would shift every later answer on the caller's connection.
    if (name === 'content-length' && (status === 204 || status === 205)) continue
    headers.push(name, received[name] as OutgoingHttpHeader)
  }
  for (const item of own) headers.push(item)
  return headers
}

/** What `Connection` names, for the rare answer that says more than keep-alive or close. */
function connectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  const options = String(connection).toLowerCase().split(',')
  return new Set(options.map((option) => option.trim()).filter((option) => option !== 'content-length'))
}
