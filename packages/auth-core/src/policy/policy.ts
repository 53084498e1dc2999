import type { CompiledRule } from './compile-rule.ts'
import type { TokenRequest } from './grant.ts'
import type { IdentityIndex } from './identity-index.ts'
import type { IdentityDefinition, IdentityPattern } from './identity-pattern.ts'
import type { Operation } from './operation.ts'
import type { RateLimit } from './rate-limit.ts'

/** `shadow`: what would be denied goes through, recorded and counted. Never the default. */
export type Mode = 'enforce' | 'shadow'

/** What a policy is compiled from. */
export interface PolicyDefinition {
  readonly services: readonly ServiceDefinition[]
  readonly upstreams: readonly UpstreamDefinition[]
  /** For every service that does not say otherwise; `enforce` unless given. */
  readonly mode?: Mode | undefined
}

/** What a service may do, as the configuration says it. */
export interface ServiceDefinition {
  readonly name: string
  /** Who is this service: issuer and subject, claims or both. */
  readonly identities: readonly IdentityDefinition[]
  /** Read in order; the first rule that fits decides. */
  readonly allow: readonly RuleDefinition[]
  /** In place of the policy's. */
  readonly mode?: Mode | undefined
  /** `file:line:column`, for people. */
  readonly position?: string | undefined
}

/** One entry of a service's `allow` list. */
export interface RuleDefinition {
  readonly upstream: string
  /** Names of operations, or groups (`accounts.*`). */
  readonly operations: readonly string[]
  /** In place of the upstream's own audience. */
  readonly audience?: string | undefined
  /** Resource indicators (RFC 8707) in place of the upstream's. */
  readonly resource?: readonly string[] | undefined
  /** Narrows what the operations of this rule need; cannot add to it. */
  readonly scopes?: readonly string[] | undefined
  /** A condition in CEL. */
  readonly when?: string | undefined
  readonly limit?: RateLimit | undefined
  /** Hands the token itself to a service that asks for it, unless it lives longer than this. */
  readonly release?: { readonly maxLifetimeSeconds: number } | undefined
  /** In place of the service's. */
  readonly mode?: Mode | undefined
  /** `file:line:column`, for people. */
  readonly position: string
}

/** What policy has to know of an upstream. */
export interface UpstreamDefinition {
  readonly name: string
  readonly audience: string | undefined
  /** Resource indicators (RFC 8707), sorted; none when absent. */
  readonly resource?: readonly string[] | undefined
  /** What a token request without scopes means there: nothing special, or everything (then it is refused). */
  readonly emptyScope: 'allow' | 'refuse'
  readonly operations: readonly Operation[]
}

/** A compiled policy. Whoever holds one holds one without faults. */
export interface Policy {
  /** The service that this identity belongs to; `undefined` for a stranger. @throws {Fault} `identity.ambiguous` */
  readonly serviceOf: IdentityIndex<Service>['ownerOf']
  /** The services that it may belong to, where its claims are not known. */
  readonly candidates: IdentityIndex<Service>['candidates']
  /** By name, in the order of the configuration. */
  readonly services: ReadonlyMap<string, Service>
  /** By name. */
  readonly upstreams: ReadonlyMap<string, UpstreamDefinition>
}

/** A service, ready to be asked. */
export interface Service {
  readonly name: string
  readonly identities: readonly IdentityPattern[]
  /** Its own, or the policy's. */
  readonly mode: Mode
  readonly rules: readonly CompiledRule[]
  readonly position: string | undefined
  /** The rules that include this operation, in the order of the configuration; empty means no. */
  rulesFor(upstream: string, operation: Operation): readonly CompiledRule[]
  /** The rules that release their token, by upstream, in the order of the configuration. */
  readonly releases: ReadonlyMap<string, readonly CompiledRule[]>
  /** What shadow asks for where no rule allows: the operation's own scopes. */
  shadowRequest(upstream: string, operation: Operation): TokenRequest | undefined
}

/** A fault of a policy, at the place where it can be mended. */
export interface PolicyFault {
  /** Of the rule, or of the service where no rule is to blame. */
  readonly position: string
  /** The key of the rule that is wrong. */
  readonly key?: 'when' | undefined
  readonly message: string
  readonly hint: string
}
