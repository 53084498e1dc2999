import { type CompiledRule, compileRule } from './compile-rule.ts'
import type { TokenRequest } from './grant.ts'
import type { Operation } from './operation.ts'
import { createOperationIndex } from './operation-index.ts'
import type { Policy, PolicyFault, Service, ServiceDefinition, UpstreamDefinition } from './policy.ts'

/** What a policy is compiled from. */
export interface PolicyDefinition {
  readonly services: readonly ServiceDefinition[]
  readonly upstreams: readonly UpstreamDefinition[]
}

/**
 * Compiles services and upstreams into a policy.
 *
 * @returns the policy, and every fault of it; with a fault the policy must not be used
 */
export function compilePolicy(definition: PolicyDefinition): {
  policy: Policy
  faults: readonly PolicyFault[]
} {
  const faults: PolicyFault[] = []
  const intern = createInterner()
  const upstreams = new Map(
    definition.upstreams.map((upstream) => [
      upstream.name,
      { upstream, index: createOperationIndex(upstream.operations) },
    ]),
  )

  function compileService(service: ServiceDefinition): Service {
    const rules: CompiledRule[] = []
    for (const [at, rule] of service.allow.entries()) {
      const known = upstreams.get(rule.upstream)
      if (!known) {
        faults.push({
          position: rule.position,
          message: `there is no upstream "${rule.upstream}"`,
          hint: `define it under upstreams, or choose one of: ${[...upstreams.keys()].join(', ') || '(none defined)'}`,
        })
        continue
      }
      const compiled = compileRule(rule, { label: `${service.name} allow[${at}]`, intern, ...known })
      faults.push(...compiled.faults)
      rules.push(compiled.rule)
    }
    return createService(service.name, rules)
  }

  const services = new Map<string, Map<string, Service>>()
  for (const definitionOfService of definition.services) {
    const service = compileService(definitionOfService)
    for (const { issuer, subject } of definitionOfService.identities) {
      const bySubject = services.get(issuer) ?? new Map<string, Service>()
      services.set(issuer, bySubject.set(subject, service))
    }
  }
  const policy: Policy = {
    serviceOf: (identity) => services.get(identity.issuer)?.get(identity.subject),
  }
  return { policy, faults }
}

/**
 * A service that remembers which of its rules include an operation. The first question about an operation
 * walks the rules, later ones are a look-up: deciding does not grow with the policy.
 */
function createService(name: string, rules: readonly CompiledRule[]): Service {
  const fitting = new Map<Operation, readonly CompiledRule[]>()
  return {
    name,
    rulesFor(upstream, operation) {
      let found = fitting.get(operation)
      if (!found) {
        found = rules.filter((rule) => rule.upstream === upstream && rule.operations.has(operation))
        fitting.set(operation, found)
      }
      return found
    },
  }
}

function createInterner(): (request: TokenRequest) => TokenRequest {
  const known = new Map<string, TokenRequest>()
  return function intern(request) {
    const key = JSON.stringify([request.upstream, request.audience ?? null, request.scopes, request.resource])
    const same = known.get(key)
    if (same) return same
    known.set(key, Object.freeze(request))
    return request
  }
}
