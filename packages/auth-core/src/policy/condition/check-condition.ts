import { compileCondition } from './compile-condition.ts'
import { createConditionEnvironments } from './condition-environment.ts'
import type { ConditionProblem } from './condition-problem.ts'

/**
 * Judges a condition on its own, where the rule around it has a fault and its operations are not known: every
 * path variable that it names is taken to exist.
 *
 * @returns everything that is wrong with it; empty for a condition that fits
 */
export function checkCondition(source: string): readonly ConditionProblem[] {
  const named = [...source.matchAll(/\brequest\s*\.\s*path\s*\.\s*(\w+)/g)].map(([, name]) => name ?? '')
  const pathVariables = [...new Set(named)].sort()
  const compiled = compileCondition(source, { environments: createConditionEnvironments(), pathVariables })
  return 'length' in compiled ? compiled : []
}
