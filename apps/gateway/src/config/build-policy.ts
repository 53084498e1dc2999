import { checkCondition, compilePolicy, type Mode, type Policy } from '@countersign/auth-core'
import type { CheckContext } from './check-context.ts'
import { spellPosition } from './config-faults.ts'
import type { ServiceConfig, UpstreamConfig } from './loaded-config.ts'
import { items, locate, type Path, section } from './located.ts'

/** The ready parts that a policy is compiled from. */
export interface PolicyParts {
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>
  readonly mode: Mode | undefined
}

/**
 * Compiles the rules. What the policy finds wrong with scopes or conditions becomes a fault at its rule; a
 * rule that has a fault already (a name that is unknown, say) is not reported a second time.
 */
export function buildPolicy(
  { services, upstreams, mode }: PolicyParts,
  { root, faults }: CheckContext,
): Policy {
  const known = [...services.values()].map((service) => ({
    ...service,
    allow: service.allow.filter((rule) => upstreams.has(rule.upstream)),
  }))
  const compiled = compilePolicy({
    mode,
    services: known,
    upstreams: [...upstreams.values()].map(({ token, ...upstream }) => ({
      ...upstream,
      audience: token.audience,
      resource: token.resource,
    })),
  })
  const rules = new Map<string, Path>()
  for (const [name, service] of section(root, 'services')) {
    rules.set(spellPosition(service.keyAt), ['services', name])
    for (const [at, rule] of items(service, 'allow')) {
      rules.set(spellPosition(rule.at), ['services', name, 'allow', at])
    }
  }
  // Judged by what was found before: a rule may have several faults of its own.
  const sound = new Map([...rules].filter(([, path]) => !faults.hasBelow(path)))
  for (const { position, key, message, hint } of compiled.faults) {
    const path = sound.get(position)
    if (path && key) faults.add(root, { path: [...path, key], message, hint })
    else if (path) faults.add(root, { path, message: `is not possible: ${message}`, hint })
  }
  const judged = new Set(
    [...compiled.policy.services.values()].flatMap((service) => service.rules.map((rule) => rule.position)),
  )
  for (const [position, path] of rules) {
    if (!judged.has(position) || !sound.has(position)) checkAlone(path, { root, faults })
  }
  return compiled.policy
}

/** What is wrong with the condition of a rule that could not be compiled: its other faults do not hide it. */
function checkAlone(rule: Path, { root, faults }: Pick<CheckContext, 'root' | 'faults'>): void {
  const path = [...rule, 'when']
  const { node, exact } = locate(root, path)
  if (!exact || typeof node.value !== 'string' || faults.hasBelow(path)) return
  for (const problem of checkCondition(node.value)) faults.add(root, { path, ...problem })
}
