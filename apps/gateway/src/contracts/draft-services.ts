import type { CompiledRule, Operation } from '@countersign/auth-core'
import { defaultReleaseSeconds } from '../config/build-service.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { exampleIdentity } from './example-identity.ts'
import { callerOf, type JudgedNeed, type JudgeOptions, judgeNeeds } from './judge-needs.ts'
import type { Need } from './need.ts'
import type { WrittenRule, WrittenService } from './policy-yaml.ts'
import { findCalled, routesOf } from './remedy.ts'
import { enabledBy, releasedScopes, releasingRule } from './token-request.ts'

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
  const scopes = new Set(used.flatMap((each) => releasedScopes(each) ?? []))
  const releases = used.some((each) => releasedScopes(each) !== undefined)
  const enabled = new Set(releases ? enabledBy(scopes, rule.operations) : [])
  const operations = [...rule.operations].filter((each) => names.has(each.name) || enabled.has(each))
  const { audience, when, limit, release } = definition
  return [
    {
      upstream: rule.upstream,
      operations: operations.map(({ name }) => name),
      audience,
      scopes: definition.scopes && narrowed(rule, operations, scopes),
      when,
      limit: limit?.source,
      ...(releases && { release: 'token', release_max_lifetime: lifetimeOf(release) }),
    },
  ]
}

/** A rule's own scopes, as far as what stays of it needs them, or they are released. */
function narrowed(
  { tokenRequest }: CompiledRule,
  operations: readonly Operation[],
  released: ReadonlySet<string>,
): readonly string[] {
  const needed = new Set([...operations.flatMap(({ scopes }) => scopes), ...released])
  return tokenRequest.scopes.filter((scope) => needed.has(scope))
}

/** As it is written; the default is not. */
function lifetimeOf(release: { readonly maxLifetimeSeconds: number } | undefined): string | undefined {
  const seconds = release?.maxLifetimeSeconds ?? defaultReleaseSeconds
  return seconds === defaultReleaseSeconds ? undefined : `${seconds}s`
}

/**
 * In the order of the upstreams and of their operations; a call of nothing gets no rule. Tokens are released by rules
 * of their own, behind those for calls.
 */
function newRules(unmet: readonly JudgedNeed[], config: LoadedConfig): WrittenRule[] {
  const { upstreams } = config
  const routes = routesOf(upstreams.values())
  const called = new Set(unmet.map(({ need }) => findCalled(routes, need.request)?.operation))
  const calls = [...upstreams.values()].flatMap(({ name, operations }) => {
    const names = operations.filter((operation) => called.has(operation)).map((operation) => operation.name)
    return names.length > 0 ? [{ upstream: name, operations: names }] : []
  })
  const releases = unmet.flatMap(({ need }) => releasingRule(need.request, config) ?? [])
  return [...calls, ...new Map(releases.map((rule) => [JSON.stringify(rule), rule])).values()]
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
