import type { Way } from './access.ts'
import { compareAlignedTerms, compareTerms, giveNoMore } from './compare-terms.ts'
import { describeNeeds, describeWays } from './describe-ways.ts'
import { isSubset } from './is-subset.ts'
import type { ChangeKind, Direction } from './policy-change.ts'

/** How access to one operation changed. */
export interface AccessChange {
  readonly direction: Direction
  readonly kind: ChangeKind
  readonly before: string | null
  readonly after: string | null
  /** Scopes, or audiences and resources: which of them are gained or lost. Absent for every other kind. */
  readonly items?: readonly string[]
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
  const aligned = areAligned(old, now)
  const terms = aligned ? compareAlignedTerms(old, now) : compareTerms(old, now)
  const changes = [...compareReach(old, now), ...terms]
  const isGain = changes.some(({ direction }) => direction === 'gained' || direction === 'unclear')
  if (isGain || aligned || giveNoMore(old, now)) return changes
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
