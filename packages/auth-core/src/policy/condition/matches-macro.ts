import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { ConditionError } from './condition-error.ts'
import { atCharacter, ConditionProblemError } from './condition-problem.ts'
import type { Evaluator, MethodMacro, TypeChecker } from './macro.ts'

/** Longest pattern, in characters, and the most steps that it may compile to. */
const maxPattern = 256
const maxProgram = 1000
/** Longest text that a pattern is tried on, in characters. A longer one is an error: the rule does not match. */
const maxSubject = 4096

/**
 * Puts RE2 in the place of the library's own `matches`, which would hand the pattern to a backtracking engine:
 * there, one value of a caller could take longer than the universe lasts. As a macro it sees the pattern when
 * the policy is loaded, so a pattern is a literal, compiled once, and its faults are faults of the policy.
 */
export function registerMatches(environment: Environment): void {
  // The receiver's type in the signature only tells this overload from the library's; it is checked below.
  environment.registerFunction('list.matches(ast): bool', ({ ast, args, receiver }: MethodMacro) => {
    const pattern = compilePattern(args[0])
    return {
      args,
      async: false,
      typeCheck(checker: TypeChecker, _macro: unknown, scope: unknown): unknown {
        const { kind, name } = checker.check(receiver, scope)
        if (kind === 'dyn' || name === 'string') return checker.getType('bool')
        throw checker.createError('no_matching_overload', `matches() is for text, not for ${name}`, ast)
      },
      evaluate(evaluator: Evaluator, _macro: unknown, scope: unknown): boolean {
        const subject = evaluator.run(receiver, scope)
        if (typeof subject !== 'string') throw new ConditionError('matches() is for text')
        if (subject.length > maxSubject) {
          throw new ConditionError(`matches() is for up to ${maxSubject} characters`)
        }
        return pattern.test(subject)
      },
    }
  })
}

function compilePattern(node: ASTNode | undefined): RE2JS {
  const at = atCharacter(node?.start)
  if (node?.op !== 'value' || typeof node.args !== 'string') {
    throw new ConditionProblemError(
      `matches() needs its pattern as a literal${at}`,
      'write matches("^team-")',
    )
  }
  if (node.args.length > maxPattern) {
    throw new ConditionProblemError(`the pattern is longer than ${maxPattern} characters${at}`, 'shorten it')
  }
  try {
    const pattern = RE2JS.compile(node.args)
    if (pattern.programSize() <= maxProgram) return pattern
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConditionProblemError(
      `the pattern is not accepted${at}: ${why}`,
      'patterns are RE2: no look-around, no back-references',
    )
  }
  throw new ConditionProblemError(`the pattern is too complex${at}`, 'use smaller repetitions')
}
