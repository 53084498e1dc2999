import { type ASTNode, EvaluationError, ParseError } from '@marcbachmann/cel-js'

import type { Question } from '../question.ts'
import { type ConditionContext, conditionContext } from './condition-context.ts'
import type { ConditionEnvironments } from './condition-environment.ts'
import { ConditionError } from './condition-error.ts'
import { atCharacter, type ConditionProblem, ConditionProblemError } from './condition-problem.ts'
import type { ConditionReads } from './condition-reads.ts'
import { guardCalls } from './guard-calls.ts'
import { assertLists } from './list-ranges.ts'
import { readCondition } from './read-condition.ts'
import { spellExpression } from './spell-expression.ts'

/** The `when` of a rule, parsed, type-checked and bounded. */
export interface Condition {
  /** As it stands in the configuration. */
  readonly source: string
  readonly reads: ConditionReads
  readonly ast: ASTNode
  /** @throws {ConditionError} when it cannot be evaluated: then its rule does not match */
  holds(question: Question, service: string): boolean
  /** A part of it as a condition of its own, or a place that it reads. For explanations, not for decisions. */
  part(node: ASTNode): { readonly source: string; evaluate(context: ConditionContext): unknown }
}

/** What a condition is compiled with. */
export interface ConditionSurroundings {
  readonly environments: ConditionEnvironments
  /** The variables that the path of every operation of the rule has. */
  readonly pathVariables: readonly string[]
}

/** Longest expression, in characters. */
const maxLength = 2000

/** Compiles the `when` of a rule. @returns the condition, or everything that is wrong with it */
export function compileCondition(
  source: string,
  { environments, pathVariables }: ConditionSurroundings,
): Condition | readonly ConditionProblem[] {
  if (source.length > maxLength) {
    return [{ message: `is longer than ${maxLength} characters`, hint: 'split it into rules' }]
  }
  const environment = environments(pathVariables)
  let program: ReturnType<typeof environment.parse>
  try {
    program = environment.parse(source)
  } catch (error) {
    return [parserProblem(error)]
  }
  const { reads, ranges, problems } = readCondition(program.ast, pathVariables)
  if (problems.length > 0) return problems
  const { valid, type, error } = program.check()
  if (!valid) return [typeProblem(error)]
  if (type !== 'bool') {
    return [
      {
        message: `is ${type === 'dyn' ? 'a value of any type' : `of type ${type}`}, not true or false`,
        hint: 'compare it: … == "viewer"',
      },
    ]
  }
  guardCalls(program.ast)
  const part: Condition['part'] = (node) => {
    const text = spellExpression(node)
    const parsed = environment.parse(text)
    guardCalls(parsed.ast)
    return { source: text, evaluate: (context) => evaluate(parsed, context) }
  }
  const lists = ranges.map(part)
  return {
    source,
    reads,
    ast: program.ast,
    holds(question, service) {
      const context = conditionContext(reads, question, service)
      assertLists(lists, context)
      return evaluate(program, context) === true
    },
    part,
  }
}

function evaluate(program: (context: ConditionContext) => unknown, context: ConditionContext): unknown {
  try {
    return program(context)
  } catch (error) {
    throw error instanceof ConditionError ? error : new ConditionError(describe(error), error)
  }
}

/** What went wrong, without a value of the request: the library's own message may quote one. */
function describe(error: unknown): string {
  if (!(error instanceof EvaluationError)) return 'it failed'
  const what = error.code.replaceAll('_', ' ')
  return error.node ? `${what}: ${spellExpression(error.node)}` : what
}

function parserProblem(error: unknown): ConditionProblem {
  if (error instanceof ConditionProblemError) return error.problem
  if (error instanceof ParseError) {
    return {
      message: `is not an expression: ${error.summary}${atCharacter(error.range?.start)}`,
      hint: 'write CEL, as in: request.body.role in ["viewer", "member"]',
    }
  }
  throw error
}

function typeProblem(error: { summary: string; range?: { start: number } } | undefined): ConditionProblem {
  return {
    message: `does not fit together: ${error?.summary ?? 'unknown type'}${atCharacter(error?.range?.start)}`,
    hint: 'query parameters, fields and path variables are text; numbers of the body are doubles: write 5.0',
  }
}
