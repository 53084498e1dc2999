import type { Way } from './access.ts'
import type { AccessChange } from './compare-access.ts'

/** Compares the limits of ways with the same conditions. More calls, or the same in a longer burst, are a gain. */
export function compareLimits(old: readonly Way[], now: readonly Way[]): AccessChange[] {
  const before = new Map(old.map((way) => [keyOf(way), way.limit]))
  return now.flatMap((way) => {
    const key = keyOf(way)
    const was = before.get(key)
    if (!before.has(key) || was?.source === way.limit?.source) return []
    return [
      {
        direction: isWider(was, way.limit) ? 'gained' : 'lost',
        kind: 'limit',
        before: was?.source ?? 'no limit',
        after: way.limit?.source ?? 'no limit',
      },
    ]
  })
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
