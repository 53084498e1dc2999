import type { ASTNode } from '@marcbachmann/cel-js'
import type { Question } from '../question.ts'
import type { Condition } from './compile-condition.ts'
import { type ConditionContext, conditionContext } from './condition-context.ts'
import { ConditionError } from './condition-error.ts'

/** What became of a condition, or of one part of it. */
export interface Outcome {
  readonly source: string
  /** `undefined` when it could not be evaluated. */
  readonly outcome: boolean | undefined
  readonly error?: string
}

/** A condition with everything that it saw. */
export interface ConditionReport extends Outcome {
  /** What is joined by `&&` at the top, each on its own. */
  readonly parts: readonly Outcome[]
  /** The places that it reads, and what is there; `undefined` for nothing. */
  readonly values: readonly { readonly source: string; readonly value: unknown }[]
}

/** Evaluates a condition part by part, so that a person sees which part decided and what it looked at. */
export function reportCondition(condition: Condition, question: Question, service: string): ConditionReport {
  const whole = { source: condition.source, ...outcomeOf(() => condition.holds(question, service)) }
  let context: ConditionContext
  try {
    context = conditionContext(condition.reads, question, service)
  } catch (error) {
    if (error instanceof ConditionError) return { ...whole, parts: [], values: [] }
    throw error
  }
  const parts = conjuncts(condition.ast).map((node) => {
    const part = condition.part(node)
    return { source: part.source, ...outcomeOf(() => part.evaluate(context)) }
  })
  const values = condition.reads.places.map((node) => {
    const place = condition.part(node)
    return { source: place.source, value: valueAt(() => place.evaluate(context)) }
  })
  return { ...whole, parts, values }
}

function conjuncts(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node]
}

function outcomeOf(evaluate: () => unknown): Pick<Outcome, 'outcome' | 'error'> {
  try {
    return { outcome: evaluate() === true }
  } catch (error) {
    return { outcome: undefined, error: error instanceof ConditionError ? error.message : 'it failed' }
  }
}

function valueAt(evaluate: () => unknown): unknown {
  try {
    return evaluate()
  } catch {
    return undefined
  }
}
