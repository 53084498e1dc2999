import { type CompiledRule, compileRule } from './compile-rule.ts'
import { createConditionEnvironments } from './condition/condition-environment.ts'
import { createService } from './create-service.ts'
import type { TokenRequest } from './grant.ts'
import { createIdentityIndex } from './identity-index.ts'
import { createOperationIndex } from './operation-index.ts'
import type { Policy, PolicyDefinition, PolicyFault, Service, ServiceDefinition } from './policy.ts'
import { shadowFaults } from './shadow-faults.ts'

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
  const environments = createConditionEnvironments()
  const known = new Map(definition.upstreams.map((upstream) => [upstream.name, upstream]))
  const upstreams = new Map(
    definition.upstreams.map((upstream) => [
      upstream.name,
      { upstream, index: createOperationIndex(upstream.operations) },
    ]),
  )

  function compileService(service: ServiceDefinition): Service {
    const mode = service.mode ?? definition.mode ?? 'enforce'
    const rules: CompiledRule[] = []
    for (const [at, rule] of service.allow.entries()) {
      const found = upstreams.get(rule.upstream)
      if (!found) {
        faults.push({
          position: rule.position,
          message: `there is no upstream "${rule.upstream}"`,
          hint: `define it under upstreams, or choose one of: ${[...upstreams.keys()].join(', ') || '(none defined)'}`,
        })
        continue
      }
      // In one piece: it stands in each line of the record, which takes JSON twice as long with text put together.
      const label = [service.name, ' allow[', at, ']'].join('')
      const compiled = compileRule(rule, { label, mode, intern, environments, ...found })
      faults.push(...compiled.faults)
      rules.push(compiled.rule)
    }
    return createService({ ...service, mode, rules }, { upstreams: known, intern })
  }

  const services = new Map(definition.services.map((service) => [service.name, compileService(service)]))
  for (const service of services.values()) faults.push(...shadowFaults(service, known))
  const { ownerOf, candidates } = createIdentityIndex(services.values())
  const policy: Policy = {
    serviceOf: ownerOf,
    candidates,
    services,
    upstreams: known,
  }
  return { policy, faults }
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
