import type { Way } from './access.ts'
import type { AccessChange } from './compare-access.ts'

/**
 * Compares the limits of ways with the same conditions; where there are none, the widest before and after. More calls, or
 * the same in a longer burst, are a gain; fewer of them at a higher pace are a gain and a loss.
 */
export function compareLimits(old: readonly Way[], now: readonly Way[]): AccessChange[] {
  const before = new Map(old.map((way) => [keyOf(way), way.limit]))
  const same = now.filter((way) => before.has(keyOf(way)))
  if (same.length === 0) return compareLimit(widest(old), widest(now))
  return same.flatMap((way) => compareLimit(before.get(keyOf(way)), way.limit))
}

function compareLimit(old: Way['limit'], now: Way['limit']): AccessChange[] {
  if (old?.source === now?.source) return []
  const limits = { before: old?.source ?? 'no limit', after: now?.source ?? 'no limit' }
  const change = { kind: 'limit', ...limits } as const
  return [
    ...(isWider(old, now) ? [{ direction: 'gained', ...change } as const] : []),
    ...(isWider(now, old) ? [{ direction: 'lost', ...change } as const] : []),
  ]
}

function widest(ways: readonly Way[]): Way['limit'] {
  return ways.map(({ limit }) => limit).reduce((one, other) => (isWider(one, other) ? other : one))
}

/** More calls, or the same in a longer burst. */
export function isWider(old: Way['limit'], now: Way['limit']): boolean {
  if (now === undefined) return true
  if (old === undefined) return false
  return now.calls > old.calls || now.calls / now.windowSeconds > old.calls / old.windowSeconds
}

function keyOf({ needs }: Way): string {
  return JSON.stringify([...needs].sort())
}
