import type { Way } from './access.ts'
import { compareLimits } from './compare-limits.ts'
import { describeNeeds, describeWays } from './describe-ways.ts'
import { isSubset } from './is-subset.ts'
import type { ChangeKind, Direction } from './policy-change.ts'

/** How access to one operation changed. */
export interface AccessChange {
  readonly direction: Direction
  readonly kind: ChangeKind
  readonly before: string | null
  readonly after: string | null
}

/**
 * Compares how one operation may be called. Conditions are compared part by part: more parts are narrower;
 * anything else that differs is `unclear`, never taken for harmless.
 */
export function compareAccess(old: readonly Way[], now: readonly Way[]): readonly AccessChange[] {
  if (old.length === 0 && now.length === 0) return []
  if (old.length === 0)
    return [{ direction: 'gained', kind: 'operation', before: null, after: describeWays(now) }]
  if (now.length === 0)
    return [{ direction: 'lost', kind: 'operation', before: describeWays(old), after: null }]
  const changes = [...compareReach(old, now), ...compareTerms(old, now)]
  const isGain = changes.some(({ direction }) => direction === 'gained' || direction === 'unclear')
  if (isGain || areAligned(old, now) || areUniform([...old, ...now])) return changes
  const before = describeWays(old)
  const after = describeWays(now)
  return [...changes, { direction: 'unclear', kind: 'rules', before, after }]
}

function compareReach(old: readonly Way[], now: readonly Way[]): AccessChange[] {
  const wasShadow = old.some(({ rule }) => rule === undefined)
  const isShadow = now.some(({ rule }) => rule === undefined)
  const before = describeNeeds(old)
  const after = describeNeeds(now)
  if (before === after) return []
  const kind = wasShadow === isShadow ? 'condition' : 'mode'
  return [{ direction: directionOf(isWithin(old, now), isWithin(now, old)), kind, before, after }]
}

function directionOf(keepsAll: boolean, addsNothing: boolean): Direction {
  if (keepsAll) return addsNothing ? 'same' : 'gained'
  return addsNothing ? 'lost' : 'unclear'
}

/** Is whatever these ways let through let through by those as well? */
function isWithin(these: readonly Way[], those: readonly Way[]): boolean {
  return these.every(({ needs }) => those.some((other) => isSubset(other.needs, needs)))
}

function compareTerms(old: readonly Way[], now: readonly Way[]): AccessChange[] {
  // The same conditions in the same order: way by way. Otherwise all that can be had, before and after.
  const pairs = areAligned(old, now)
    ? now.flatMap((way, at) => {
        const before = old[at]
        return before ? [[[before], [way]] as const] : []
      })
    : [[old, now] as const]
  const changes = pairs.flatMap(([before, after]) => [
    ...compareSets('scopes', scopesOf(before), scopesOf(after)),
    ...compareSets('audience', audiencesOf(before), audiencesOf(after)),
    ...compareLimits(before, after),
  ])
  const beyond = areAligned(old, now) ? now.slice(old.length) : []
  const all = scopesOf(old)
  if (!isSubset(scopesOf(beyond), all)) changes.push(...compareSets('scopes', all, scopesOf(now)))
  return changes
}

function compareSets(kind: ChangeKind, old: ReadonlySet<string>, now: ReadonlySet<string>): AccessChange[] {
  const addsNothing = isSubset(now, old)
  if (addsNothing && now.size === old.size) return []
  const direction = addsNothing ? 'lost' : 'gained'
  const spell = (set: ReadonlySet<string>) => [...set].join(' ') || 'none'
  return [{ direction, kind, before: spell(old), after: spell(now) }]
}

/** Is the one the beginning of the other, by what must hold? */
function areAligned(old: readonly Way[], now: readonly Way[]): boolean {
  return old.slice(0, now.length).every(({ needs, rule }, at) => {
    const other = now[at]
    return (
      other !== undefined &&
      (rule === undefined) === (other.rule === undefined) &&
      needs.size === other.needs.size &&
      isSubset(needs, other.needs)
    )
  })
}

/** Do all ways lead to the same token under the same limit? Then it does not matter which one decides. */
function areUniform(ways: readonly Way[]): boolean {
  const terms = ways.map(({ audience, resource, scopes, limit }) =>
    JSON.stringify([audience, resource, scopes, limit?.source]),
  )
  return new Set(terms).size <= 1
}

function scopesOf(ways: readonly Way[]): Set<string> {
  return new Set(ways.flatMap(({ scopes }) => scopes).sort())
}

/** Whom the token is for: an audience, resources, or both. */
function audiencesOf(ways: readonly Way[]): Set<string> {
  return new Set(
    ways.flatMap(({ audience, resource }) =>
      audience === undefined && resource.length === 0
        ? ['none']
        : [...(audience ? [audience] : []), ...resource],
    ),
  )
}
