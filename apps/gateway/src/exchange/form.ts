import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import type { UnidentifiedBodies } from '../authorize/unidentified-bodies.ts'

/** The parameters of a token request, by name; never without a value. */
export type Form = ReadonlyMap<string, readonly string[]>

const limit = { maxBytes: 64 * 1024, says: 'A token request may have 64 KiB.' }

/** RFC 8693 2.1: only these may come more than once. */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience'])

/**
 * Reads the body of a token request (RFC 6749 3.2): parameters in a form, and nowhere else. One without a value
 * is as good as none.
 *
 * @throws {Fault} `route.method`, `request.malformed`, `request.too-large`, `request.timeout`, `client.gone`
 */
export async function readForm(req: IncomingMessage, bodies: UnidentifiedBodies): Promise<Form> {
  assertPosted(req)
  const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded' || req.headers['content-encoding'])
    throw malformed('A token request is application/x-www-form-urlencoded.')
  return parseForm(await bodies.read(req, limit))
}

/** @throws {Fault} `route.method`, `request.malformed` */
export function assertPosted({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): void {
  if (method !== 'POST') throw new Fault('route.method', { allow: ['POST'] })
  if (url?.includes('?')) throw malformed('Parameters of a token request belong into its body.')
}

/** @throws {Fault} `request.malformed` */
export function parseForm(body: Buffer): Form {
  const form = new Map<string, string[]>()
  for (const pair of body.toString('latin1').split('&')) {
    const mark = pair.indexOf('=')
    const name = decoded(mark === -1 ? pair : pair.slice(0, mark))
    const value = mark === -1 ? '' : decoded(pair.slice(mark + 1))
    if (value === '') continue
    const values = form.get(name)
    if (values && !repeatable.has(name)) throw malformed('A parameter is there more than once.')
    if (values) values.push(value)
    else form.set(name, [value])
  }
  return form
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new Fault('request.malformed', { says: 'The form is not percent-encoded UTF-8.', cause })
  }
}

function malformed(says: string): Fault {
  return new Fault('request.malformed', { says })
}
