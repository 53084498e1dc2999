import type { CompiledRule } from './compile-rule.ts'
import type { TokenRequest } from './grant.ts'
import { compileIdentity } from './identity-pattern.ts'
import type { Operation } from './operation.ts'
import type { Mode, Service, ServiceDefinition, UpstreamDefinition } from './policy.ts'
import { targetOf } from './token-target.ts'

/** A service whose rules are compiled. */
export type ServiceParts = Pick<ServiceDefinition, 'name' | 'identities' | 'position'> & {
  readonly mode: Mode
  readonly rules: readonly CompiledRule[]
}

/** What a service is created with. */
export interface ServiceSurroundings {
  readonly upstreams: ReadonlyMap<string, UpstreamDefinition>
  readonly intern: (request: TokenRequest) => TokenRequest
}

/**
 * A service that remembers which of its rules include an operation, where it has several for the upstream. The first
 * question about an operation walks the rules, later ones are a look-up: deciding does not grow with the policy.
 */
export function createService(parts: ServiceParts, { upstreams, intern }: ServiceSurroundings): Service {
  const { name, identities, mode, rules, position } = parts
  // By upstream first: only those of the configuration are sure to have operations of their own.
  const byUpstream = new Map<string, RuleFinder>()
  for (const [upstream, there] of Map.groupBy(rules, (rule) => rule.upstream))
    byUpstream.set(upstream, createRuleFinder(there))
  const releasing = rules.filter((rule) => rule.release !== undefined)
  return {
    name,
    identities: identities.map(compileIdentity),
    mode,
    rules,
    position,
    releases: Map.groupBy(releasing, (rule) => rule.upstream),
    rulesFor: (upstream, operation) => byUpstream.get(upstream)?.(operation) ?? none,
    shadowRequest(upstream, operation) {
      const known = upstreams.get(upstream)
      const scopes = [...operation.scopes].sort()
      if (!known || (scopes.length === 0 && known.emptyScope === 'refuse')) return undefined
      return intern({ upstream, scopes, ...targetOf([operation], known) })
    },
  }
}

/** Those of a service's rules for one upstream that include an operation. */
type RuleFinder = (operation: Operation) => readonly CompiledRule[]

const none: readonly CompiledRule[] = []

function createRuleFinder(rules: readonly CompiledRule[]): RuleFinder {
  const [only, ...others] = rules
  // Services that may do the same share its operations, which stay in the processor's caches; what each remembers does not.
  if (only && others.length === 0) return (operation) => (only.operations.has(operation) ? rules : none)
  const remembered = new Map<Operation, readonly CompiledRule[]>()
  return function find(operation) {
    const known = remembered.get(operation)
    if (known) return known
    const found = rules.filter((rule) => rule.operations.has(operation))
    remembered.set(operation, found)
    return found
  }
}
