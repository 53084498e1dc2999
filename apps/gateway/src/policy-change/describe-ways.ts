import type { Way } from './access.ts'

/** When an operation may be called, in words: `when A, or when B`, `always`. */
export function describeNeeds(ways: readonly Way[]): string {
  return [...new Set(ways.map(needsOf))].join(', or ')
}

/** Ways with the scopes and limits that they come with. */
export function describeWays(ways: readonly Way[]): string {
  return ways.map((way) => [needsOf(way), ...termsOf(way)].join(', ')).join('; otherwise ')
}

function needsOf({ rule, needs }: Way): string {
  if (rule === undefined) return 'whatever the rules say (shadow)'
  return needs.size === 0 ? 'always' : `when ${rule.when?.source ?? [...needs].join(' && ')}`
}

function termsOf({ scopes, limit }: Way): string[] {
  return [
    scopes.length === 0 ? 'no scopes' : `scopes ${scopes.join(' ')}`,
    ...(limit ? [`at most ${limit.source}`] : []),
  ]
}
