import type { Way } from './access.ts'
import type { AccessChange } from './compare-access.ts'
import { compareLimits, isWider } from './compare-limits.ts'
import { isSubset } from './is-subset.ts'

type Ways = readonly Way[]

/** Compares what ways lead to, all that can be had before and after: scopes, for whom the token is, and limits. */
export function compareTerms(old: Ways, now: Ways): readonly AccessChange[] {
  return [...compareTokens(old, now), ...compareLimits(old, now)]
}

/** The same for ways of which the ones are the beginning of the others: each with its own, then those beyond. */
export function compareAlignedTerms(old: Ways, now: Ways): readonly AccessChange[] {
  const pairs = now.flatMap((way, at) => {
    const before = old[at]
    return before ? compareTerms([before], [way]) : []
  })
  const [come, gone] = [now.slice(old.length), old.slice(now.length)]
  return [...pairs, ...compareTokens(old, now, [come, gone])]
}

/** Does it not matter which of the ways decides, since none of the new ones gives more than any of the old ones? */
export function giveNoMore(old: Ways, now: Ways): boolean {
  return now.every((way) => old.every((other) => givesNoMore(other, way)))
}

function givesNoMore(old: Way, now: Way): boolean {
  const isNarrower = [...sets.values()].every((of) => isSubset(of([now]), of([old])))
  return isNarrower && (old.limit?.source === now.limit?.source || !isWider(old.limit, now.limit))
}

/** Whom the token is for where nothing says so; it has no name to tell. */
const nobodyNamed = ''

const sets: ReadonlyMap<'scopes' | 'audience', (ways: Ways) => ReadonlySet<string>> = new Map([
  ['scopes', (ways: Ways) => new Set(ways.flatMap(({ scopes }) => scopes).sort())],
  ['audience', (ways: Ways) => new Set(ways.flatMap(audiencesOf))],
])

/** An audience, resources, or both. */
function audiencesOf({ audience, resource }: Way): readonly string[] {
  if (audience === undefined && resource.length === 0) return [nobodyNamed]
  return [...(audience ? [audience] : []), ...resource]
}

/** Tells what the ways that come give alone, and what those that go gave alone; default: all of them. */
function compareTokens(
  old: Ways,
  now: Ways,
  [come, gone]: readonly [Ways, Ways] = [now, old],
): AccessChange[] {
  return [...sets].flatMap(([kind, of]) => {
    const [before, after] = [of(old), of(now)]
    const change = { kind, before: spell(before), after: spell(after) }
    const changes: AccessChange[] = []
    if (!isSubset(of(come), before))
      changes.push({ direction: 'gained', ...change, items: without(after, before) })
    if (!isSubset(of(gone), after))
      changes.push({ direction: 'lost', ...change, items: without(before, after) })
    return changes
  })
}

function without(set: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  return [...set].filter((item) => item !== nobodyNamed && !other.has(item))
}

function spell(set: ReadonlySet<string>): string {
  return [...set].map((item) => (item === nobodyNamed ? 'none' : item)).join(' ') || 'none'
}
