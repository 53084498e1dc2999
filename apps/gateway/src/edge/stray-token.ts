import { Fault } from '@countersign/auth-core'
import { forwardedRequestFields } from '../forward/header-fields.ts'
import { possibleClaims } from './compact-tokens.ts'
import { percentDecoded } from './percent-decoded.ts'
import { queryNames } from './query-names.ts'

/** Does this text hold a token of somebody who could call this gateway? */
export type HoldsToken = (text: string) => boolean

/**
 * Makes the search for tokens that say they are of one of these issuers, a trust domain as `spiffe://td`. What
 * they say is enough: nobody passes on a token of a caller's, and it is not worth verifying one. Tokens of
 * anybody else are none of a caller's; some APIs have them in links and cursors.
 */
export function createTokenSearch(issuers: Iterable<string>): HoldsToken {
  const known = new Set(issuers)
  function isOfKnownIssuer(part: string): boolean {
    const { iss, sub } = membersOf(part)
    if (typeof iss === 'string' && known.has(iss)) return true
    const [domain] = (typeof sub === 'string' && /^spiffe:\/\/[^/]+/.exec(sub)) || []
    return domain !== undefined && known.has(domain)
  }
  return (text) => possibleClaims(percentDecoded(text)).some(isOfKnownIssuer)
}

function membersOf(part: string): { readonly iss?: unknown; readonly sub?: unknown } {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  } catch {
    return {}
  }
}

/**
 * A token has one place. In any other that goes upstream it would be the upstream's, and in its logs.
 *
 * @throws {Fault} `request.malformed` the request target, or a field that is forwarded, holds one
 */
export function assertNoStrayToken({ url = '', rawHeaders }: Looked, holdsToken: HoldsToken): void {
  if (holdsToken(url)) throw stray('A credential does not belong into the request target.')
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1] as string
    // Cheap first: hardly any value has what stands before the claims of a token, or is percent-encoded.
    if (!value.includes('.e') && !value.includes('%')) continue
    if (!isForwarded((rawHeaders[at] as string).toLowerCase())) continue
    if (holdsToken(value)) throw stray('A credential belongs into Authorization, and into no other field.')
  }
}

/** What is looked at of a request. */
export interface Looked {
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
}

/**
 * RFC 6750 2.3 lets a token come in the query, and it would end up in logs and upstream. One that nobody knows here
 * is the upstream's own, which would take it for the caller's say in who calls.
 *
 * @throws {Fault} `request.malformed`
 */
export function assertNoQueryToken(url: string | undefined): void {
  if (queryNames(url).has('access_token'))
    throw stray('A credential does not belong into the request target.')
}

function isForwarded(name: string): boolean {
  return forwardedRequestFields.has(name) || name === 'tracestate' || name === 'sec-websocket-extensions'
}

function stray(says: string): Fault {
  return new Fault('request.malformed', { says })
}
