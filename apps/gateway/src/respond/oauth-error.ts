import type { Fault, FaultCode } from '@countersign/auth-core'
import { faultStatus } from './fault-status.ts'
import { type Problem, type ProblemContext, problemOf } from './problem.ts'

/** The `error` of a code (RFC 6749 5.2, RFC 8693 2.2.2), where its owner and status do not say it already. */
const errors: Readonly<Partial<Record<FaultCode, string>>> = {
  'identity.missing': 'invalid_client',
  'identity.malformed': 'invalid_client',
  'identity.untrusted-issuer': 'invalid_client',
  'identity.expired': 'invalid_client',
  'identity.refused': 'invalid_client',
  'identity.ambiguous': 'unauthorized_client',
  'policy.refused': 'unauthorized_client',
  'policy.scope': 'invalid_scope',
  'policy.rate-limited': 'temporarily_unavailable',
  'exchange.grant-type': 'unsupported_grant_type',
  'exchange.target': 'invalid_target',
  'exchange.unreleasable': 'invalid_target',
}

/** What policy refuses has status 403 as an answer of the proxy, and 400 as one of a token endpoint. */
export function oauthErrorStatus(code: FaultCode): number {
  return faultStatus[code] === 403 ? 400 : faultStatus[code]
}

/**
 * A fault as a token endpoint tells it: what OAuth clients look for, and beside it what every error of the
 * gateway has.
 */
export function oauthErrorOf(fault: Fault, requestId: string, context: ProblemContext = {}): Problem {
  const { code, owner, says } = fault
  const problem = problemOf(fault, requestId, context)
  const error_description = says.replaceAll('’', "'").replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')
  const body = JSON.stringify({
    error: errorOf(fault),
    error_description,
    code,
    owner,
    request_id: requestId,
  })
  const headers = {
    ...problem.headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    pragma: 'no-cache',
  }
  return { status: oauthErrorStatus(code), headers, body }
}

function errorOf({ code, owner }: Fault): string {
  const known = errors[code]
  if (known !== undefined) return known
  if (owner === 'caller') return 'invalid_request'
  return faultStatus[code] === 503 || faultStatus[code] === 504 ? 'temporarily_unavailable' : 'server_error'
}
