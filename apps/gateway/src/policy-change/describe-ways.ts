import type { Way } from './access.ts'

/** When an operation may be called, in words: `when A, or when B`, `always`. */
export function describeNeeds(ways: readonly Way[]): string {
  return [...new Set(ways.map(needsOf))].join(', or ')
}

/** Ways with the scopes and limits that they come with. */
export function describeWays(ways: readonly Way[]): string {
  return ways.map((way) => [needsOf(way), ...termsOf(way)].join(', ')).join('; otherwise ')
}

/** The same with the audiences, where it matters which of the ways decides. */
export function describeDecisions(ways: readonly Way[]): string {
  return ways
    .map((way) => [needsOf(way), ...termsOf(way), ...audienceOf(way)].join(', '))
    .join('; otherwise ')
}

function needsOf({ rule, besides }: Way): string {
  const own = rule?.when ? [rule.when.source] : []
  const needs = [...own, ...besides].join(', and ')
  const when = needs === '' ? 'always' : `when ${needs}`
  if (rule !== undefined) return when
  return besides.length === 0 ? shadow : `${shadow} ${when}`
}

const shadow = 'whatever the rules say (shadow)'

function termsOf({ scopes, limit }: Way): string[] {
  return [
    scopes.length === 0 ? 'no scopes' : `scopes ${scopes.join(' ')}`,
    ...(limit ? [`at most ${limit.source}`] : []),
  ]
}

function audienceOf({ audience, resource }: Way): string[] {
  return [
    `audience ${audience ?? 'none'}`,
    ...(resource.length > 0 ? [`resource ${resource.join(' ')}`] : []),
  ]
}
