import type { ServerResponse } from 'node:http'
import { Fault, type Grant, type Minted } from '@countersign/auth-core'
import type { Answer } from '../forward/answer.ts'
import { accessTokenType } from './exchange-request.ts'

/** A token that is to leave. */
export interface Leaving {
  readonly res: ServerResponse
  readonly requestId: string
  readonly grant: Grant
  readonly minted: Minted
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/**
 * The answer of RFC 8693 2.2.1, held back until it is on record.
 *
 * @throws {Fault} `exchange.unreleasable` a token that lives longer than the rule allows, or does not say how
 * long; that is bound to a certificate; that can do more, or is for somebody else, than was asked for; a credential that is no token
 */
export function releaseToken({ res, requestId, grant, minted, now }: Leaving): Answer {
  const { token } = minted
  assertReleasable(grant, minted)
  const scopes = token.grantedScopes ?? grant.tokenRequest.scopes
  const body = JSON.stringify({
    access_token: token.value.reveal(),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: Math.floor((token.expiresAt - now) / 1000),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  })
  const bytes = Buffer.byteLength(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(bytes),
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'proxy-status': 'countersign',
    'x-request-id': requestId,
  }
  return { status: 200, bytes, end: () => res.writeHead(200, headers).end(body) }
}

function assertReleasable({ release }: Grant, { token, source }: Minted): void {
  if (release === undefined) throw new TypeError('a token was about to leave without leave')
  const { statedSeconds, difference } = token
  if (source === 'configured') throw unreleasable('it is the credential of the configuration')
  if (token.certificate) throw unreleasable('it is bound to the certificate of the gateway')
  if (statedSeconds === undefined) throw unreleasable('the vendor does not say how long it lives')
  if (statedSeconds > release.maxLifetimeSeconds) {
    throw unreleasable(
      `it lives ${statedSeconds} s, and release_max_lifetime is ${release.maxLifetimeSeconds} s`,
    )
  }
  if (difference && difference.surplus.length > 0)
    throw unreleasable(`it has scopes that nobody asked for: ${difference.surplus.join(' ')}`)
  if (difference?.otherAudience) throw unreleasable('it is for another audience than was asked for')
}

function unreleasable(detail: string): Fault {
  return new Fault('exchange.unreleasable', { detail })
}
