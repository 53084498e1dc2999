import type { CompiledRule } from './compile-rule.ts'
import type { Operation } from './operation.ts'
import type { Policy, Service, UpstreamDefinition } from './policy.ts'

/** Something that is allowed to be so, and that its author may not have meant. */
export interface PolicyWarning {
  readonly kind:
    | 'rule-never-matches'
    | 'rule-partly-shadowed'
    | 'destructive-wildcard'
    | 'destructive-release'
    | 'operation-unused'
    | 'shadow-mode'
    | 'shadow-without-effect'
  /** `file:line:column`; `undefined` for what is written nowhere. */
  readonly position: string | undefined
  readonly message: string
  readonly hint: string
}

/** Looks for what a reviewer would ask about. For a load and for `check`, not for a request. */
export function findWarnings(policy: Policy): readonly PolicyWarning[] {
  const warnings: PolicyWarning[] = []
  const used = new Set<Operation>()
  for (const service of policy.services.values()) {
    if (service.mode === 'shadow') warnings.push(shadowService(service))
    warnings.push(...unreachable(service))
    for (const rule of service.rules) {
      for (const operation of rule.operations) used.add(operation)
      warnings.push(...destructive(rule, policy.upstreams.get(rule.upstream)), ...released(rule))
      if (rule.mode === 'shadow' && service.mode !== 'shadow') warnings.push(shadowRule(rule, service))
    }
  }
  for (const upstream of policy.upstreams.values()) warnings.push(...unused(upstream, used))
  return warnings
}

/** A rule without `when` takes everything that it includes away from the rules after it. */
function unreachable({ rules }: Service): PolicyWarning[] {
  const takenBy = new Map<Operation, CompiledRule>()
  return rules.flatMap((rule) => {
    const takers = [...rule.operations].map((operation) => takenBy.get(operation))
    if (rule.when === undefined) {
      for (const operation of rule.operations) if (!takenBy.has(operation)) takenBy.set(operation, rule)
    }
    const taken = takers.filter((taker) => taker !== undefined)
    // A token is released by the rules that say so, whichever rule decides on calls.
    if (taken.length === 0 || rule.release) return []
    const by = [...new Set(taken.map((taker) => `${taker.label} (${taker.position})`))].join(' and ')
    const never = taken.length === takers.length
    // A group after a single operation is how exceptions are written; nothing is wrong unless it has a condition.
    if (!never && rule.when === undefined) return []
    return [
      {
        kind: never ? 'rule-never-matches' : 'rule-partly-shadowed',
        position: rule.position,
        message: never
          ? `${rule.label} can never match: ${by} includes all its operations and has no condition`
          : `the condition of ${rule.label} is not asked for operations that ${by} includes without a condition`,
        hint: 'the first rule that fits decides: put the narrower rule first, or remove one',
      },
    ]
  })
}

function destructive(rule: CompiledRule, upstream: UpstreamDefinition | undefined): PolicyWarning[] {
  if (!upstream) return []
  return rule.patterns.flatMap((pattern) => {
    if (!pattern.endsWith('.*')) return []
    const prefix = pattern.slice(0, -1)
    const reached = [...rule.operations].filter(
      (operation) => operation.destructive && operation.name.startsWith(prefix),
    )
    if (reached.length === 0) return []
    const names = reached.map((operation) => operation.name).join(', ')
    return [
      {
        kind: 'destructive-wildcard',
        position: rule.position,
        message: `"${pattern}" of ${rule.label} includes ${names}, which cannot be undone`,
        hint: 'name the operations that are meant; what is added to the group later is allowed as well',
      },
    ]
  })
}

/** What a token can do outside, nobody sees, and no limit counts. */
function released(rule: CompiledRule): PolicyWarning[] {
  if (!rule.release) return []
  const reached = [...rule.operations].filter(({ destructive, method }) => destructive || method === 'DELETE')
  if (reached.length === 0) return []
  const names = reached.map(({ name }) => name).join(', ')
  return [
    {
      kind: 'destructive-release',
      position: rule.position,
      message: `${rule.label} releases a token for ${names}, which cannot be undone`,
      hint: 'let such calls go through the gateway, which records each: a rule of their own, without release',
    },
  ]
}

function unused({ name, operations }: UpstreamDefinition, used: ReadonlySet<Operation>): PolicyWarning[] {
  const left = operations.filter((operation) => !used.has(operation))
  if (left.length === 0) return []
  const names = left.map((operation) => operation.name)
  const shown = names.slice(0, 8).join(', ')
  return [
    {
      kind: 'operation-unused',
      position: undefined,
      message: `nobody may call ${left.length} of ${operations.length} operations of ${name}: ${shown}${names.length > 8 ? ', …' : ''}`,
      hint: 'nothing to do, unless somebody should',
    },
  ]
}

function shadowService({ name, position }: Service): PolicyWarning {
  return {
    kind: 'shadow-mode',
    position,
    message: `${name} is in shadow: what its rules do not allow goes through`,
    hint: 'set mode: enforce when the recorded would-be denials are none, or are meant',
  }
}

function shadowRule(rule: CompiledRule, { rules }: Service): PolicyWarning {
  const enforced = rules.find(
    (other) =>
      other.mode === 'enforce' && [...rule.operations].every((operation) => other.operations.has(operation)),
  )
  return enforced
    ? {
        kind: 'shadow-without-effect',
        position: rule.position,
        message: `the shadow mode of ${rule.label} has no effect: ${enforced.label} (${enforced.position}) enforces the same operations`,
        hint: 'set mode: shadow there too, or remove it here',
      }
    : {
        kind: 'shadow-mode',
        position: rule.position,
        message: `${rule.label} is in shadow: its operations go through whatever its condition says`,
        hint: 'set mode: enforce when the recorded would-be denials are none, or are meant',
      }
}
