import type { CompiledRule } from './compile-rule.ts'
import type { Service } from './policy.ts'
import type { Question } from './question.ts'

/** Where no rule includes the operation: the one whose operations are named most alike, and what it lacks. */
export function closestRule(
  { rules }: Service,
  { upstream, operation, release }: Pick<Question, 'upstream' | 'operation' | 'release'>,
): { label: string; position: string; misfit: string } | undefined {
  let best: { rule: CompiledRule; likeness: number } | undefined
  for (const rule of rules) {
    const likeness = likenessOf(rule, upstream, operation.name) + (release && rule.release ? 0.5 : 0)
    if (!best || likeness > best.likeness) best = { rule, likeness }
  }
  if (!best) return undefined
  const { label, position, patterns } = best.rule
  if (best.rule.upstream !== upstream)
    return { label, position, misfit: `upstream: it is for ${best.rule.upstream}, not for ${upstream}` }
  const misfit = release
    ? unreleased(best.rule)
    : `operations: [${patterns.join(', ')}] does not include ${operation.name}`
  return { label, position, misfit }
}

function unreleased({ release, tokenRequest }: CompiledRule): string {
  return release
    ? `scopes: its own are ${tokenRequest.scopes.join(' ') || 'none'}`
    : 'release: it does not release its token'
}

/** How many dotted parts of the name the best of the rule's patterns shares; of another upstream, less than none. */
function likenessOf(rule: CompiledRule, upstream: string, name: string): number {
  if (rule.upstream !== upstream) return -1
  const wanted = name.split('.')
  return Math.max(
    0,
    ...rule.patterns.map((pattern) => {
      const parts = pattern.split('.')
      const differs = parts.findIndex((part, at) => part !== wanted[at])
      return differs === -1 ? parts.length : differs
    }),
  )
}
