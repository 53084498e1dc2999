import type { ASTNode } from '@marcbachmann/cel-js'
import type { ConditionContext } from './condition-context.ts'
import { ConditionError } from './condition-error.ts'
import { placeOf } from './place.ts'

/** What a macro such as `all` goes through, as an expression of its own. */
export interface Range {
  readonly source: string
  evaluate(context: ConditionContext): unknown
}

/**
 * Refuses a map where a macro goes through a list. CEL would go through its names, and a server that makes no
 * difference between the two goes through its values: `{"viewer": "owner"}` is a list of roles to PHP, and not one
 * of them was looked at.
 *
 * @throws {ConditionError}
 */
export function assertLists(ranges: readonly Range[], context: ConditionContext): void {
  for (const { source, evaluate } of ranges) {
    if (isMap(reached(() => evaluate(context)))) throw new ConditionError(`${source} is a map and no list`)
  }
}

/** What is not there, or fails, is for the condition to meet, where it gets that far. */
function reached(evaluate: () => unknown): unknown {
  try {
    return evaluate()
  } catch {
    return undefined
  }
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Is what this gives a list whatever it is given? */
export function isAlwaysList(node: ASTNode): boolean {
  return node.op === 'list' || (node.op === 'rcall' && (node.args[0] === 'filter' || node.args[0] === 'map'))
}

/** Is it a map, as far as the text tells? */
export function isAlwaysMap(node: ASTNode): boolean {
  const place = placeOf(node)
  return node.op === 'map' || (place?.root === 'identity' && place.steps.join('.') === 'claims')
}
