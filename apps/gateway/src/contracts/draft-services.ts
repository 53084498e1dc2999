import type { CompiledRule, Operation } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { exampleIdentity } from './example-identity.ts'
import { callerOf, type JudgedNeed, type JudgeOptions, judgeNeeds } from './judge-needs.ts'
import type { Need } from './need.ts'
import type { WrittenRule, WrittenService } from './policy-yaml.ts'
import { findCalled, routesOf } from './remedy.ts'

/** What services are drafted for. */
export interface DraftOptions extends JudgeOptions {
  /** Its rules keep their conditions, limits and audiences, as far as contracts need them. */
  readonly config: LoadedConfig
}

/**
 * The smallest services that let through every call that a contract needs: of the rules that there are, those that
 * allow one, with the operations and scopes that are called for; where none does, one more rule per upstream.
 */
export function draftServices(needs: readonly Need[], options: DraftOptions): readonly WrittenService[] {
  const { config, serviceOf } = options
  const asked = needs.filter(({ wants }) => wants.outcome !== 'unasked')
  const byService = Map.groupBy(asked, (need) => callerOf(need, serviceOf))
  return [...byService].sort(byName).map(([name, own]) => ({
    name,
    identities: config.services.get(name)?.identities ?? [exampleIdentity(name, config.issuers)],
    allow: draftRules(own, options),
  }))
}

function draftRules(needs: readonly Need[], { config, ...options }: DraftOptions): readonly WrittenRule[] {
  const wanted = judgeNeeds(needs, config, options).filter(({ need }) => need.wants.outcome === 'allowed')
  const byRule = Map.groupBy(wanted, ({ explanation }) => explanation?.rule?.label)
  // In the order of the policy, in which the first rule that fits decides.
  const rules = config.policy.services.get(wanted[0]?.service ?? '')?.rules ?? []
  const kept = rules.flatMap(({ label }) => keptRule(label, byRule.get(label) ?? [], config))
  return [...kept, ...newRules(byRule.get(undefined) ?? [], config)]
}

/** A rule that there is, with what is used of it. */
function keptRule(label: string, used: readonly JudgedNeed[], config: LoadedConfig): WrittenRule[] {
  const service = config.policy.services.get(used[0]?.service ?? '')
  const at = service?.rules.findIndex((each) => each.label === label) ?? -1
  const rule = service?.rules[at]
  const definition = config.services.get(service?.name ?? '')?.allow[at]
  if (!rule || !definition) return []
  const names = new Set(used.map(({ explanation }) => explanation?.operation))
  const operations = [...rule.operations].filter(({ name }) => names.has(name))
  const { audience, when, limit } = definition
  return [
    {
      upstream: rule.upstream,
      operations: operations.map(({ name }) => name),
      audience,
      scopes: narrowed(rule, operations, definition.scopes),
      when,
      limit: limit?.source,
    },
  ]
}

/** A rule's own scopes, as far as what stays of it needs them. */
function narrowed(
  { tokenRequest }: CompiledRule,
  operations: readonly Operation[],
  written: readonly string[] | undefined,
): readonly string[] | undefined {
  if (written === undefined) return undefined
  const needed = new Set(operations.flatMap(({ scopes }) => scopes))
  return tokenRequest.scopes.filter((scope) => needed.has(scope))
}

/** In the order of the upstreams and of their operations; a call of nothing gets no rule. */
function newRules(unmet: readonly JudgedNeed[], { upstreams }: LoadedConfig): WrittenRule[] {
  const routes = routesOf(upstreams.values())
  const called = new Set(unmet.map(({ need }) => findCalled(routes, need.request)?.operation))
  return [...upstreams.values()].flatMap(({ name, operations }) => {
    const names = operations.filter((operation) => called.has(operation)).map((operation) => operation.name)
    return names.length > 0 ? [{ upstream: name, operations: names }] : []
  })
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
