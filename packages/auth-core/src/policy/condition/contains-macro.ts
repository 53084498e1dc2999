import type { Environment } from '@marcbachmann/cel-js'
import { ConditionError } from './condition-error.ts'
import type { Evaluator, MethodMacro, TypeChecker } from './macro.ts'

/** Longest text that is looked for, in characters: looking for long ones is quadratic in the worst case. */
const maxSought = 256

/** `contains` with a bound, since both texts may be a caller's. */
export function registerContains(environment: Environment): void {
  environment.registerFunction('list.contains(ast): bool', ({ ast, args, receiver }: MethodMacro) => ({
    args,
    async: false,
    typeCheck(checker: TypeChecker, _macro: unknown, scope: unknown): unknown {
      for (const { kind, name } of [receiver, ...args].map((node) => checker.check(node, scope))) {
        if (kind === 'dyn' || name === 'string') continue
        throw checker.createError('no_matching_overload', `contains() is for text, not for ${name}`, ast)
      }
      return checker.getType('bool')
    },
    evaluate(evaluator: Evaluator, _macro: unknown, scope: unknown): boolean {
      const [text, sought] = [receiver, ...args].map((node) => evaluator.run(node, scope))
      if (typeof text !== 'string' || typeof sought !== 'string')
        throw new ConditionError('contains() is for text')
      if (sought.length > maxSought) {
        throw new ConditionError(`contains() looks for up to ${maxSought} characters`)
      }
      return text.includes(sought)
    },
  }))
}
