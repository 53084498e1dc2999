import type { FaultCode } from '@countersign/auth-core/client'
import type { GatewayState } from '../client-gateway/states.ts'

/** A token request that is refused. */
export interface ExchangeCase {
  readonly code: FaultCode
  /** As OAuth names it (RFC 6749 5.2, RFC 8693 2.2.2). */
  readonly error: string
  readonly receives: string
  readonly given?: GatewayState
  /** What is asked for otherwise than in a good request. */
  readonly differs: Readonly<Record<string, string>>
}

/** What a good request asks for, but for the token of its caller. */
export const goodRequest = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  audience: 'inbox-manager',
} as const

/** Every fault that only a token request can meet. */
export const exchangeCases: readonly ExchangeCase[] = [
  {
    code: 'exchange.grant-type',
    error: 'unsupported_grant_type',
    receives: 'a token request with another grant_type',
    differs: { grant_type: 'client_credentials' },
  },
  {
    code: 'exchange.subject-token',
    error: 'invalid_request',
    receives: 'a token request with an ID token',
    differs: { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
  },
  {
    code: 'exchange.target',
    error: 'invalid_target',
    receives: 'a token request for an upstream that there is not',
    differs: { audience: 'nowhere' },
  },
  {
    code: 'policy.scope',
    error: 'invalid_scope',
    receives: 'a token request for a scope that the rule has not',
    differs: { scope: 'write:everything' },
  },
  {
    code: 'exchange.unreleasable',
    error: 'invalid_target',
    receives: 'a token request',
    given: 'the tokens of the upstream live longer than may be released',
    differs: {},
  },
]
