import { type CompiledRule, releaseOperation, type Service } from '@countersign/auth-core'
import { isWider } from './compare-limits.ts'
import { conjuncts } from './conjuncts.ts'
import { isSubset } from './is-subset.ts'
import type { PolicyChange } from './policy-change.ts'

/**
 * Which tokens a service may obtain for itself that it could not before, and the other way round. What is not
 * shown to be covered by a rule of the other policy is a gain, or a loss.
 */
export function diffReleases(old: Service | undefined, now: Service | undefined): PolicyChange[] {
  const upstreams = new Set([...(old?.releases.keys() ?? []), ...(now?.releases.keys() ?? [])])
  return [...upstreams].sort().flatMap((upstream): PolicyChange[] => {
    const before = old?.releases.get(upstream) ?? []
    const after = now?.releases.get(upstream) ?? []
    const gain = after.find((rule) => !isCovered(rule, before))
    const loss = before.find((rule) => !isCovered(rule, after))
    const change = {
      kind: 'release',
      service: now?.name ?? old?.name ?? '',
      upstream,
      operation: releaseOperation.name,
      destructive: after.some(({ operations }) => [...operations].some(({ destructive }) => destructive)),
      before: describe(before),
      after: describe(after),
    } as const
    return [
      ...(gain ? [{ direction: 'gained', ...change, position: gain.position } as const] : []),
      ...(loss ? [{ direction: 'lost', ...change, position: loss.position } as const] : []),
    ]
  })
}

function isCovered(rule: CompiledRule, others: readonly CompiledRule[]): boolean {
  return others.some(
    (other) =>
      isSubset(needsOf(other), needsOf(rule)) &&
      isSubset(new Set(rule.tokenRequest.scopes), new Set(other.tokenRequest.scopes)) &&
      rule.tokenRequest.audience === other.tokenRequest.audience &&
      isSubset(new Set(rule.tokenRequest.resource), new Set(other.tokenRequest.resource)) &&
      lifeOf(rule) <= lifeOf(other) &&
      (rule.limit?.source === other.limit?.source || !isWider(other.limit, rule.limit)),
  )
}

function needsOf({ when }: CompiledRule): ReadonlySet<string> {
  return new Set(when ? conjuncts(when) : [])
}

function lifeOf({ release }: CompiledRule): number {
  return release?.maxLifetimeSeconds ?? 0
}

function describe(rules: readonly CompiledRule[]): string | null {
  if (rules.length === 0) return null
  return rules
    .map((rule) =>
      [
        rule.when ? `when ${rule.when.source}` : 'always',
        `scopes ${rule.tokenRequest.scopes.join(' ') || 'none'}`,
        `audience ${rule.tokenRequest.audience ?? 'none'}`,
        ...(rule.tokenRequest.resource.length > 0
          ? [`resource ${rule.tokenRequest.resource.join(' ')}`]
          : []),
        `for at most ${lifeOf(rule)} s`,
        ...(rule.limit ? [`at most ${rule.limit.source}`] : []),
      ].join(', '),
    )
    .join('; otherwise ')
}
