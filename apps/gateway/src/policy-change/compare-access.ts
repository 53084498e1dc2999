import type { Way } from './access.ts'
import { compareAlignedTerms, compareTerms, giveNoMore } from './compare-terms.ts'
import { describeDecisions, describeNeeds, describeWays } from './describe-ways.ts'
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
  return aligned ? changes : [...changes, ...compareDecisions(old, now, changes)]
}

/** What another way that decides gives or takes, where nothing of the kind has been told. */
function compareDecisions(
  old: readonly Way[],
  now: readonly Way[],
  told: readonly AccessChange[],
): AccessChange[] {
  const isTold = (wanted: Direction) =>
    told.some(({ direction }) => direction === wanted || direction === 'unclear')
  const mayGain = !isTold('gained') && !giveNoMore(old, now)
  const mayLose = !isTold('lost') && !giveNoMore(now, old)
  if (!mayGain && !mayLose) return []
  const [before, after] = [describeDecisions(old), describeDecisions(now)]
  return [{ direction: mayGain ? 'unclear' : 'lost', kind: 'rules', before, after }]
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
