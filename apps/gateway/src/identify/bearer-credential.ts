import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { percentDecoded } from '../edge/percent-decoded.ts'

// RFC 6750 2.1: the scheme in any case, one space, then the token. What a token may be made of is for the verifier.
const scheme = /^bearer (?=[^ ])/i

/**
 * The one bearer token of a request; `undefined` without one.
 *
 * @throws {Fault} `identity.malformed` for another scheme; `request.malformed` for more than one credential, or one in the
 * request target as well
 */
export function bearerCredential(req: IncomingMessage): string | undefined {
  let found: string | undefined
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at] as string
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (found !== undefined) throw new Fault('request.malformed', { detail: 'more than one Authorization' })
    found = req.rawHeaders[at + 1]
  }
  if (found === undefined) return undefined
  if (!scheme.test(found)) throw new Fault('identity.malformed', { detail: 'not a Bearer credential' })
  const token = found.slice('bearer '.length)
  if (isQuotedIn(token, req.url ?? '')) {
    throw new Fault('request.malformed', { says: 'A credential does not belong into the request target.' })
  }
  return token
}

/** Does the target hold the token, percent-encoded or not? Its last part, the signature, is what makes it one. */
function isQuotedIn(token: string, target: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  const sought = signature.length < 32 ? token : signature
  return target.length >= sought.length && percentDecoded(target).includes(sought)
}
