import type { ASTNode } from '@marcbachmann/cel-js'
import { ConditionError } from './condition-error.ts'
import type { Evaluator } from './macro.ts'
import { placeOf } from './place.ts'

/** A call about to be made, within macros too, and only where evaluation gets that far. */
interface Call {
  readonly node: ASTNode
  evaluate(part: ASTNode): unknown
  /** What the library makes of it. */
  proceed(): unknown
}

/**
 * Puts what CEL says in the place of what the library says, where that is more: it takes `has` of a list for false,
 * any number or date that JavaScript reads, and the Kelvin sign for an upper-case `k`. And refuses what CEL allows
 * and nobody means: to look for a text in a list of maps.
 */
export function guardCalls(node: unknown): void {
  if (Array.isArray(node)) node.forEach(guardCalls)
  if (!isNode(node)) return
  const guard = guards.get(node.op === 'call' || node.op === 'rcall' ? node.args[0] : node.op)
  if (guard) putBefore(node, guard)
  guardCalls(node.args)
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

type Evaluate = (evaluator: Evaluator, node: unknown, scope: unknown) => unknown

/** When first evaluated, a node takes the way that was found to be right for it in place of the one that it had. */
function putBefore(node: ASTNode, guard: (call: Call) => unknown): void {
  let own = (node as ASTNode & { evaluate: Evaluate }).evaluate
  Object.defineProperty(node, 'evaluate', {
    get: (): Evaluate => (evaluator, self, scope) =>
      guard({
        node,
        evaluate: (part) => evaluator.run(part, scope),
        proceed: () => own.call(node, evaluator, self, scope),
      }),
    set(found: Evaluate) {
      own = found
    },
  })
}

const guards: ReadonlyMap<string, (call: Call) => unknown> = new Map([
  ['has', hasMember],
  ['int', fromText((text) => /^[+-]?\d+$/.test(text), 'a decimal number without a fraction')],
  [
    'double',
    fromText((text) => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text), 'a decimal number'),
  ],
  ['timestamp', fromText(isTimestamp, 'a date and time of RFC 3339')],
  ['lowerAscii', lowerAscii],
  ['in', contains],
])

/** A list has no members to ask for, and what is in it was not looked at: `[{"role": "owner"}]`. */
function hasMember({ node, evaluate, proceed }: Call): unknown {
  const [member] = node.op === 'call' ? node.args[1] : []
  const steps = (member && placeOf(member)?.steps) ?? []
  let value: unknown = member && evaluate(rootOf(member))
  for (const step of steps) {
    if (Array.isArray(value)) throw new ConditionError(`a list is asked for its member ${step}`)
    value = value instanceof Map ? value.get(step) : Object(value)[step]
  }
  return proceed()
}

/** `"role" in request.body` asks a map for a name; asked of a list of maps, it has not looked at any of them. */
function contains({ node, evaluate, proceed }: Call): unknown {
  const [item, collection] = node.op === 'in' ? node.args : []
  const isText = item?.op === 'value' && typeof item.args === 'string'
  const items = isText && collection ? evaluate(collection) : undefined
  if (Array.isArray(items) && items.some((each) => typeof each === 'object' && each !== null))
    throw new ConditionError('a text is looked for in a list of maps or lists')
  return proceed()
}

function rootOf(node: ASTNode): ASTNode {
  return node.op === '.' || node.op === '.?' ? rootOf(node.args[0]) : node
}

function fromText(isOne: (text: string) => boolean, what: string) {
  return function convert({ node, evaluate, proceed }: Call): unknown {
    const [argument] = node.op === 'call' ? node.args[1] : []
    const value = argument && evaluate(argument)
    if (typeof value === 'string' && !isOne(value)) throw new ConditionError(`a text is not ${what}`)
    return proceed()
  }
}

/** RFC 3339 5.6, of a day that there is. */
function isTimestamp(text: string): boolean {
  const written = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!written) return false
  const [, year, month, day] = written.map(Number)
  return new Date(Date.UTC(year as number, (month as number) - 1, day)).getUTCDate() === day
}

function lowerAscii({ node, evaluate, proceed }: Call): unknown {
  const text = node.op === 'rcall' ? evaluate(node.args[1]) : undefined
  return typeof text === 'string' ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : proceed()
}
