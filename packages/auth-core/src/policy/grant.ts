import type { SubjectToken } from '../tokens/subject-token.ts'
import type { Operation } from './operation.ts'
import type { Release } from './release.ts'

declare const granted: unique symbol

/**
 * Leave for one operation with one token request. Only `authorize` makes one, and `mint` takes nothing else:
 * a hand-made object does not have the brand.
 */
export interface Grant {
  readonly [granted]: true
  readonly service: string
  readonly upstream: string
  readonly operation: Operation
  /** The rule that decided, as the configuration names it: `provisioning allow[0]`. */
  readonly rule: string
  /** `shadow`: no rule allowed this, and the call goes through all the same, recorded as a would-be denial. */
  readonly verdict: 'allow' | 'shadow'
  readonly tokenRequest: TokenRequest
  /** The token is for the caller itself to hold. Never in shadow. */
  readonly release?: Release
  /** The caller's own token, where the upstream's tokens are had in exchange for it, and only there. */
  readonly subject?: SubjectToken | undefined
  /** In shadow: why it would have been denied, for the record. */
  readonly wouldBeDenied?: string
}

/** What the token endpoint is asked for. One object per distinct request, made when the policy is compiled. */
export interface TokenRequest {
  /** The upstream's name in the configuration. */
  readonly upstream: string
  readonly audience: string | undefined
  /** Sorted, without repetition. */
  readonly scopes: readonly string[]
  /** Resource indicators (RFC 8707), sorted. */
  readonly resource: readonly string[]
}
