import type { CompiledRule } from './compile-rule.ts'
import type { Service } from './policy.ts'
import type { Question } from './question.ts'

/** Where no rule includes the operation: the one whose operations are named most alike, and what it lacks. */
export function closestRule(
  { rules }: Service,
  { upstream, operation }: Pick<Question, 'upstream' | 'operation'>,
): { label: string; position: string; misfit: string } | undefined {
  let best: { rule: CompiledRule; likeness: number } | undefined
  for (const rule of rules) {
    const likeness = likenessOf(rule, upstream, operation.name)
    if (!best || likeness > best.likeness) best = { rule, likeness }
  }
  if (!best) return undefined
  const { label, position, patterns } = best.rule
  const misfit =
    best.rule.upstream === upstream
      ? `operations: [${patterns.join(', ')}] does not include ${operation.name}`
      : `upstream: it is for ${best.rule.upstream}, not for ${upstream}`
  return { label, position, misfit }
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
