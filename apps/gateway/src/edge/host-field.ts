import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'

// RFC 9110 7.2 with the host of RFC 3986 3.2.2: a name, an IPv4 address or a bracketed IPv6 address; no user
// information, no percent-encoding, no empty labels.
const host = /^(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/
const highestPort = 65_535

/**
 * Exactly one `Host` that can only be read in one way (RFC 9112 3.2). HTTP/1.0 may come without: the path
 * then says where the request goes, as it does for any host that names no upstream.
 *
 * @throws {Fault} `request.malformed`
 */
export function assertOneHost({
  rawHeaders,
  httpVersion,
}: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'>): void {
  let found: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (found !== undefined) throw refused('more than one Host')
    found = rawHeaders[at + 1] as string
  }
  if (found === undefined) {
    if (httpVersion === '1.0') return
    throw refused('no Host')
  }
  const match = host.exec(found)
  if (match === null || Number(match[1] ?? 0) > highestPort) throw refused('a Host that is no host')
}

function refused(detail: string): Fault {
  return new Fault('request.malformed', { detail })
}
