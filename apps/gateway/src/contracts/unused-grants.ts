import type { CompiledRule, Operation, Service } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import type { JudgedNeed } from './judge-needs.ts'
import { enabledBy, releasedScopes } from './token-request.ts'

/** Something that a service may do and that no contract of its asks for. */
export interface UnusedGrant {
  /** `release`: the token itself may be had. `shadow`: everything goes through, whatever the rules say. */
  readonly kind: 'operation' | 'scope' | 'release' | 'shadow'
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
 * a rule's token, when an operation that the rule is used for needs it. Of a token that is released its scopes are
 * used, and all operations that they are enough for: nobody sees what it is used for.
 */
export function findUnusedGrants(
  { policy }: LoadedConfig,
  judged: readonly JudgedNeed[],
): readonly UnusedGrant[] {
  const used = usedOperations(judged)
  return [...policy.services.values()].flatMap((service) => [
    ...shadowOf(service),
    ...unusedOperations(service, used),
    ...service.rules.flatMap((rule) => unusedRelease(service, rule, used)),
    ...service.rules.flatMap((rule) => unusedScopes(service, rule, used)),
  ])
}

/** What a rule is used for. */
interface Usage {
  /** Names of operations that are called. */
  readonly called: Set<string>
  /** Scopes of tokens that are released; `undefined`: none is. */
  released: Set<string> | undefined
}

/** By the label of the rule. */
type Used = ReadonlyMap<string, Usage>

function usedOperations(judged: readonly JudgedNeed[]): Used {
  const used = new Map<string, Usage>()
  for (const each of judged) {
    const { need, explanation } = each
    if (need.wants.outcome !== 'allowed' || !explanation?.rule) continue
    const { label } = explanation.rule
    const usage = used.get(label) ?? { called: new Set(), released: undefined }
    const scopes = releasedScopes(each)
    if (scopes) usage.released = new Set([...(usage.released ?? []), ...scopes])
    else usage.called.add(explanation.operation)
    used.set(label, usage)
  }
  return used
}

/** The operations that a rule is used for. */
function operationsUsed({ label, operations }: CompiledRule, used: Used): ReadonlySet<Operation> {
  const { called, released } = used.get(label) ?? {}
  const own = [...operations].filter(({ name }) => called?.has(name))
  return new Set([...own, ...(released ? enabledBy(released, operations) : [])])
}

function shadowOf({ name, mode, position }: Service): readonly UnusedGrant[] {
  if (mode !== 'shadow') return []
  const grant = { kind: 'shadow', service: name, upstream: '*', name: 'mode: shadow' } as const
  return [{ ...grant, destructive: true, positions: position === undefined ? [] : [position] }]
}

function unusedOperations({ name: service, rules }: Service, used: Used): readonly UnusedGrant[] {
  const granting = new Map<string, UnusedGrant>()
  const needed = new Set<string>()
  for (const rule of rules) {
    const { upstream, operations, position } = rule
    const inUse = operationsUsed(rule, used)
    for (const operation of operations) {
      const { name, destructive } = operation
      const key = JSON.stringify([upstream, name])
      if (inUse.has(operation)) needed.add(key)
      const positions = [...(granting.get(key)?.positions ?? []), position]
      granting.set(key, { kind: 'operation', service, upstream, name, destructive, positions })
    }
  }
  return [...granting].filter(([key]) => !needed.has(key)).map(([, grant]) => grant)
}

function unusedRelease(service: Service, rule: CompiledRule, used: Used): readonly UnusedGrant[] {
  if (!rule.release || used.get(rule.label)?.released) return []
  const grant = { kind: 'release', service: service.name, upstream: rule.upstream } as const
  return [{ ...grant, name: 'release: token', destructive: false, positions: [rule.position] }]
}

function unusedScopes(service: Service, rule: CompiledRule, used: Used): readonly UnusedGrant[] {
  const usage = used.get(rule.label)
  // Of a rule that is used for nothing, its operations have been named.
  if (usage === undefined) return []
  const called = [...operationsUsed(rule, used)].flatMap(({ scopes }) => scopes)
  const needed = new Set([...called, ...(usage.released ?? [])])
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
