import type { CompiledRule, Condition, Policy, Service } from '@countersign/auth-core'

/** What to take a condition for: `undefined` leaves it to be evaluated. */
export type Supposition = (condition: Condition) => boolean | undefined

/**
 * The same policy with conditions taken for true or false, to be asked by the same decision function: what
 * cannot be evaluated is then known to lie between the two answers.
 */
export function suppose(policy: Policy, supposition: Supposition): Policy {
  const services = new Map(
    [...policy.services].map(([name, service]) => [name, supposeService(service, supposition)]),
  )
  return {
    services,
    upstreams: policy.upstreams,
    candidates: policy.candidates,
    serviceOf(identity) {
      const service = policy.serviceOf(identity)
      return service && services.get(service.name)
    },
  }
}

function supposeService(service: Service, supposition: Supposition): Service {
  const supposed = new Map<readonly CompiledRule[], readonly CompiledRule[]>()
  const releases = [...service.releases].map(
    ([upstream, rules]) => [upstream, rules.map((rule) => supposeRule(rule, supposition))] as const,
  )
  return {
    ...service,
    releases: new Map(releases),
    rulesFor(upstream, operation) {
      const rules = service.rulesFor(upstream, operation)
      const known = supposed.get(rules) ?? rules.map((rule) => supposeRule(rule, supposition))
      supposed.set(rules, known)
      return known
    },
  }
}

function supposeRule(rule: CompiledRule, supposition: Supposition): CompiledRule {
  const outcome = rule.when && supposition(rule.when)
  if (rule.when === undefined || outcome === undefined) return rule
  return { ...rule, when: { ...rule.when, reads: nothing, holds: () => outcome } }
}

const nothing: Condition['reads'] = {
  query: new Set(),
  headers: new Set(),
  path: new Set(),
  body: false,
  members: new Set(),
  places: [],
}
