import type { Identity } from '../identity/identity.ts'
import type { CompiledRule } from './compile-rule.ts'
import type { Operation } from './operation.ts'

/** What a service may do, as the configuration says it. */
export interface ServiceDefinition {
  readonly name: string
  /** Who is this service: exact issuer and exact subject. */
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[]
  /** Read in order; the first rule that fits decides. */
  readonly allow: readonly RuleDefinition[]
}

/** One entry of a service's `allow` list. */
export interface RuleDefinition {
  readonly upstream: string
  /** Names of operations, or groups (`accounts.*`). */
  readonly operations: readonly string[]
  /** In place of the upstream's own audience. */
  readonly audience?: string | undefined
  /** Narrows what the operations of this rule need; cannot add to it. */
  readonly scopes?: readonly string[] | undefined
  /** `file:line:column`, for people. */
  readonly position: string
}

/** What policy has to know of an upstream. */
export interface UpstreamDefinition {
  readonly name: string
  readonly audience: string | undefined
  /** What a token request without scopes means there: nothing special, or everything (then it is refused). */
  readonly emptyScope: 'allow' | 'refuse'
  readonly operations: readonly Operation[]
}

/** A compiled policy. Whoever holds one holds one without faults. */
export interface Policy {
  /** The service that this identity belongs to; `undefined` for a stranger. */
  serviceOf(identity: Identity): Service | undefined
}

/** A service, ready to be asked. */
export interface Service {
  readonly name: string
  /** The rules that include this operation, in the order of the configuration; empty means no. */
  rulesFor(upstream: string, operation: Operation): readonly CompiledRule[]
}

/** A fault of a policy, at the place where it can be mended. */
export interface PolicyFault {
  readonly position: string
  readonly message: string
  readonly hint: string
}
