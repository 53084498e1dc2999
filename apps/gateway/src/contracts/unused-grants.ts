import type { CompiledRule, Service } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import type { JudgedNeed } from './judge-needs.ts'

/** Something that a service may do and that no contract of its asks for. */
export interface UnusedGrant {
  /** `shadow`: everything goes through, whatever the rules say. */
  readonly kind: 'operation' | 'scope' | 'shadow'
  readonly service: string
  /** `*` for a service in shadow. */
  readonly upstream: string
  /** Name of the operation, or the scope. */
  readonly name: string
  readonly destructive: boolean
  /** Places of the rules that grant it. */
  readonly positions: readonly string[]
}

/**
 * Grants beyond the contracts. An operation is used when a call of it that a contract needs is allowed; a scope of
 * a rule's token, when an operation that the rule is used for needs it.
 */
export function findUnusedGrants(
  { policy }: LoadedConfig,
  judged: readonly JudgedNeed[],
): readonly UnusedGrant[] {
  const used = usedOperations(judged)
  return [...policy.services.values()].flatMap((service) => [
    ...shadowOf(service),
    ...unusedOperations(service, used),
    ...service.rules.flatMap((rule) => unusedScopes(service, rule, used)),
  ])
}

/** Names of operations by the label of the rule that allows them. */
type Used = ReadonlyMap<string, ReadonlySet<string>>

function usedOperations(judged: readonly JudgedNeed[]): Used {
  const used = new Map<string, Set<string>>()
  for (const { need, explanation } of judged) {
    if (need.wants.outcome !== 'allowed' || !explanation?.rule) continue
    const { label } = explanation.rule
    used.set(label, (used.get(label) ?? new Set()).add(explanation.operation))
  }
  return used
}

function shadowOf({ name, mode, position }: Service): readonly UnusedGrant[] {
  if (mode !== 'shadow') return []
  const grant = { kind: 'shadow', service: name, upstream: '*', name: 'mode: shadow' } as const
  return [{ ...grant, destructive: true, positions: position === undefined ? [] : [position] }]
}

function unusedOperations({ name: service, rules }: Service, used: Used): readonly UnusedGrant[] {
  const granting = new Map<string, UnusedGrant>()
  const needed = new Set<string>()
  for (const { label, upstream, operations, position } of rules) {
    for (const { name, destructive } of operations) {
      const key = JSON.stringify([upstream, name])
      if (used.get(label)?.has(name)) needed.add(key)
      const positions = [...(granting.get(key)?.positions ?? []), position]
      granting.set(key, { kind: 'operation', service, upstream, name, destructive, positions })
    }
  }
  return [...granting].filter(([key]) => !needed.has(key)).map(([, grant]) => grant)
}

function unusedScopes(service: Service, rule: CompiledRule, used: Used): readonly UnusedGrant[] {
  const names = used.get(rule.label)
  // Of a rule that is used for nothing, its operations have been named.
  if (names === undefined) return []
  const needed = new Set([...rule.operations].filter(({ name }) => names.has(name)).flatMap((o) => o.scopes))
  return rule.tokenRequest.scopes
    .filter((scope) => !needed.has(scope))
    .map((scope) => ({
      kind: 'scope',
      service: service.name,
      upstream: rule.upstream,
      name: scope,
      destructive: false,
      positions: [rule.position],
    }))
}
