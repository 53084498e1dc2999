import type { ASTNode } from '@marcbachmann/cel-js'
import { serialize } from '@marcbachmann/cel-js/serialize'

/** How tightly an operator binds; what is not here needs no parentheses anywhere. */
const binding: ReadonlyMap<ASTNode['op'], number> = new Map([
  ['?:', 1],
  ['||', 2],
  ['&&', 3],
  ['==', 4],
  ['!=', 4],
  ['<', 5],
  ['<=', 5],
  ['>', 5],
  ['>=', 5],
  ['in', 5],
  ['+', 6],
  ['-', 6],
  ['*', 7],
  ['/', 7],
  ['%', 7],
  ['!_', 8],
  ['-_', 8],
])
const unary = 8
const tightest = 9

/**
 * An expression in one spelling, which reads back as what it was: two that differ are never spelt the same, and what is
 * spelt can be evaluated. The library's own `serialize` is not used but for plain values: it rounds numbers to nine
 * places, leaves out the parentheses of `a - (b - c)`, and what it makes of `1e21` and of `"😀"` does not parse.
 */
export function spellExpression(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return spellValue(node)
    case 'id':
      return node.args
    case '!_':
      return `!${within(node.args, unary)}`
    case '-_':
      return `-${within(node.args, tightest)}`
    case '.':
    case '.?':
      return `${within(node.args[0], tightest)}${node.op}${node.args[1]}`
    case '[]':
      return `${within(node.args[0], tightest)}[${spellExpression(node.args[1])}]`
    case '[?]':
      return `${within(node.args[0], tightest)}[?${spellExpression(node.args[1])}]`
    case 'call':
      return `${node.args[0]}(${spellList(node.args[1])})`
    case 'rcall':
      return `${within(node.args[1], tightest)}.${node.args[0]}(${spellList(node.args[2])})`
    case 'list':
      return `[${spellList(node.args)}]`
    case 'map':
      return `{${node.args.map((entry) => entry.map(spellExpression).join(': ')).join(', ')}}`
    case '?:': {
      const [condition, then, otherwise] = node.args
      return `${within(condition, 2)} ? ${within(then, 2)} : ${spellExpression(otherwise)}`
    }
    default:
      return spellBinary(node)
  }
}

/** Read from the left. To `&&` and `||` it is all the same. */
function spellBinary({ op, args: [left, right] }: Extract<ASTNode, { args: [ASTNode, ASTNode] }>): string {
  const own = binding.get(op) ?? 0
  const isAssociative = right.op === op && (op === '&&' || op === '||')
  return `${within(left, own)} ${op} ${within(right, isAssociative ? own : own + 1)}`
}

function within(node: ASTNode, least: number): string {
  const text = spellExpression(node)
  return (binding.get(node.op) ?? tightest) < least ? `(${text})` : text
}

function spellList(nodes: readonly ASTNode[]): string {
  return nodes.map(spellExpression).join(', ')
}

function spellValue(node: Extract<ASTNode, { op: 'value' }>): string {
  if (typeof node.args === 'string') return JSON.stringify(node.args)
  return typeof node.args === 'number' ? spellDouble(node.args) : serialize(node)
}

/** Never as an integer, which is another type. */
function spellDouble(value: number): string {
  const text = String(value)
  return /^\d+$/.test(text) ? `${text}.0` : text
}
