import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Fault } from '@countersign/auth-core'
import { readHandshake } from '../edge/websocket.ts'
import type { Answer } from './answer.ts'
import type { Fields } from './request-headers.ts'
import type { Tunnels } from './tunnels.ts'

/** The fields of a WebSocket handshake that go upstream. A credential among the subprotocols stays here. */
export function handshakeFields(req: IncomingMessage): string[] {
  const { key } = readHandshake(req)
  const fields = ['sec-websocket-key', key, 'sec-websocket-version', '13']
  const offered = offeredProtocols(req)
  if (offered.length > 0) fields.push('sec-websocket-protocol', offered.join(', '))
  const { 'sec-websocket-extensions': extensions } = req.headers
  if (extensions !== undefined) fields.push('sec-websocket-extensions', String(extensions))
  return fields
}

/** What a switch of protocols is made with. */
export interface Switching {
  readonly upstream: string
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** The upstream's side, after its 101. */
  readonly far: Duplex
  readonly headers: IncomingHttpHeaders
  readonly ownFields: Fields
  readonly idleMs: number
  readonly until: number
}

/**
 * Answers the caller with 101, since the upstream did, and is the connection between them until it ends.
 *
 * @throws {Fault} `upstream.invalid-response` for a 101 that does not belong to this handshake (RFC 6455 4.1)
 */
export async function switchProtocols(tunnels: Tunnels, switching: Switching): Promise<Answer> {
  const { upstream, req, res, far, headers, ownFields, idleMs, until } = switching
  const { key, head } = readHandshake(req)
  try {
    assertAccepted(headers, key, offeredProtocols(req))
  } catch (error) {
    far.destroy()
    throw error
  }
  const caller = req.socket
  res.statusCode = 101
  res.detachSocket(caller)
  caller.write(answerHead(headers, ownFields))
  if (head.length > 0) far.write(head)
  const bytes = await tunnels.run({ upstream, req, caller, far, idleMs, until })
  return { status: 101, bytes, end() {} }
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function assertAccepted(headers: IncomingHttpHeaders, key: string, offered: readonly string[]): void {
  const accept = createHash('sha1')
    .update(key + guid)
    .digest('base64')
  const { upgrade, 'sec-websocket-accept': accepted, 'sec-websocket-protocol': protocol } = headers
  if (upgrade?.toLowerCase() !== 'websocket') throw invalid('it switched to another protocol')
  if (accepted !== accept) throw invalid('its Sec-WebSocket-Accept is not the one of this handshake')
  if (protocol !== undefined && !offered.includes(protocol))
    throw invalid('it chose a subprotocol nobody offered')
}

const answeredFields = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'] as const

function answerHead(headers: IncomingHttpHeaders, own: Fields): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: websocket']
  for (const name of answeredFields) if (headers[name] !== undefined) lines.push(`${name}: ${headers[name]}`)
  for (let at = 0; at < own.length; at += 2) lines.push(`${own[at]}: ${own[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Browsers cannot set Authorization and put a token here, as `bearer.…` or in a form of their own. */
function offeredProtocols({ headers }: IncomingMessage): string[] {
  const offered = String(headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
  return offered.filter(
    (name) => /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !/^(?:bearer|token|jwt)\b/i.test(name),
  )
}

function invalid(detail: string): Fault {
  return new Fault('upstream.invalid-response', { detail })
}
