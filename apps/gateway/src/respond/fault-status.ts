import type { FaultCode } from '@countersign/auth-core'

/** Every code's HTTP status. A new code does not compile until it is answered here. */
export const faultStatus: Readonly<Record<FaultCode, number>> = {
  'identity.missing': 401,
  'identity.malformed': 401,
  'identity.untrusted-issuer': 401,
  'identity.expired': 401,
  'identity.refused': 401,
  'identity.keys-unavailable': 503,
  'request.malformed': 400,
  'request.too-large': 413,
  'request.expectation': 417,
  'request.timeout': 408,
  'request.misdirected': 421,
  'route.unknown': 404,
  'route.method': 405,
  'policy.refused': 403,
  'policy.scope': 403,
  'policy.rate-limited': 429,
  'mint.refused': 502,
  'mint.unavailable': 503,
  'mint.invalid-response': 502,
  'mint.rejected-by-upstream': 502,
  'audit.unavailable': 503,
  'upstream.unreachable': 502,
  'upstream.timeout': 504,
  'upstream.invalid-response': 502,
  'upstream.aborted': 502,
  'config.invalid': 503,
  'client.gone': 499, // nobody reads it; the record does
  'gateway.unexpected': 500,
}
