import type { FaultCode } from '@countersign/auth-core/client'
import type { GatewayState } from './states.ts'

/** A fault that a caller can meet, and how it comes about. */
export interface FaultCase {
  readonly code: FaultCode
  readonly status: number
  readonly given?: GatewayState
  /** Default: list accounts. */
  readonly call?: FaultyCall
  /** Seconds after which the gateway says to come back. */
  readonly retryAfter?: number
}

/** A call that is at fault itself. */
export interface FaultyCall {
  readonly receives: string
  readonly method: string
  readonly path: string
  /** A credential that needs no issuer. Default: the identity of the state. */
  readonly token?: string
}

const able: GatewayState = 'marketing may only list accounts'
const accounts = '/inbox-manager/api/accounts'

/** Every fault that is met in an answer. */
export const faultCases: readonly FaultCase[] = [
  {
    code: 'identity.malformed',
    status: 401,
    call: { receives: 'a credential that is no token', method: 'GET', path: accounts, token: 'no-token' },
  },
  { code: 'identity.untrusted-issuer', status: 401, given: 'nobody here knows the issuer of the identity' },
  { code: 'identity.expired', status: 401, given: 'the identity has expired' },
  { code: 'identity.refused', status: 401, given: 'the identity is for another audience' },
  { code: 'identity.ambiguous', status: 403, given: 'the identity is that of two services' },
  { code: 'identity.keys-unavailable', status: 503, given: 'the keys of the issuer cannot be had' },
  {
    code: 'request.malformed',
    status: 400,
    given: able,
    call: {
      receives: 'a path that two servers could read differently',
      method: 'GET',
      path: '/inbox-manager/api/accounts;v=1',
    },
  },
  {
    code: 'route.unknown',
    status: 404,
    given: able,
    call: { receives: 'an unknown path', method: 'GET', path: '/inbox-manager/api/nothing' },
  },
  {
    code: 'route.method',
    status: 405,
    given: able,
    call: { receives: 'a method that the path does not offer', method: 'PUT', path: accounts },
  },
  {
    code: 'policy.refused',
    status: 403,
    given: able,
    call: {
      receives: 'an operation that policy does not allow',
      method: 'DELETE',
      path: `${accounts}/acc_known`,
    },
  },
  { code: 'policy.rate-limited', status: 429, given: 'the one call that a limit allows has been made' },
  { code: 'mint.refused', status: 502, given: 'the token endpoint refuses the gateway' },
  {
    code: 'mint.unavailable',
    status: 503,
    given: 'the token endpoint is out of service for 7 seconds',
    retryAfter: 7,
  },
  { code: 'mint.invalid-response', status: 502, given: 'the token endpoint answers with a web page' },
  {
    code: 'mint.audience-unknown',
    status: 502,
    given: 'an upstream does not say for which audience its tokens are',
    call: { receives: 'a call of that upstream', method: 'GET', path: '/undisclosed/user' },
  },
  {
    code: 'mint.rejected-by-upstream',
    status: 502,
    given: 'the upstream refuses the tokens of its own token endpoint',
  },
  {
    code: 'upstream.unreachable',
    status: 502,
    given: 'an upstream cannot be reached',
    call: { receives: 'a call of that upstream', method: 'GET', path: '/retired/api/accounts' },
  },
  {
    code: 'upstream.circuit-open',
    status: 503,
    given: 'an upstream has failed, and is left alone for an hour',
    call: { receives: 'a call of that upstream', method: 'GET', path: '/failing/api/accounts' },
    retryAfter: 3_600,
  },
  {
    code: 'upstream.overloaded',
    status: 503,
    given: 'an upstream has as many calls as it may have',
    call: { receives: 'one call more', method: 'GET', path: '/narrow/api/accounts' },
    retryAfter: 1,
  },
  {
    code: 'upstream.credential-refused',
    status: 502,
    given: 'an upstream refuses the keys of the gateway',
    call: {
      receives: 'a call of that upstream',
      method: 'GET',
      path: '/keyed/v2/manage/account/uid_known/orgcontext',
    },
  },
  { code: 'upstream.timeout', status: 504, given: 'the upstream does not answer in time' },
  {
    code: 'upstream.invalid-response',
    status: 502,
    given: 'the upstream answers with something that is not HTTP',
  },
  { code: 'upstream.aborted', status: 502, given: 'the upstream breaks off its answer' },
  {
    code: 'audit.unavailable',
    status: 503,
    given: 'the disk of the record is full',
    // What may change something is on record before it is sent, so that this one never is.
    call: { receives: 'a call that removes', method: 'DELETE', path: '/inbox-manager/api/users/uid_known' },
  },
]
