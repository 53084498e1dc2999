import type { ASTNode } from '@marcbachmann/cel-js'
import { expect, it } from 'vitest'
import { createConditionEnvironments } from './condition-environment.ts'
import { spellExpression } from './spell-expression.ts'

const environment = createConditionEnvironments()([])

function parse(source: string): ASTNode {
  return environment.parse(source).ast
}

/** What it says, without where it stands. */
function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning)
  if (typeof node !== 'object' || node === null || !('op' in node)) return node
  return [node.op, meaning((node as ASTNode).args)]
}

const body = 'request.body'
it.each([
  `${body}.a < 1e21`,
  `${body}.a < 123456789012345678901234567890.5`,
  `${body}.a < 0.12345678901`,
  `${body}.a < 1e-10`,
  `${body}.a == 5.0 || ${body}.a == 5 || ${body}.a == 5u`,
  `${body}.a == -1 || ${body}.a == -(-1) || -(-${body}.a) == 1`,
  `${body}.a == "😀\\u00e4\\"\\n" || ${body}["😀"] == b"\\xff"`,
  `${body}.a - (${body}.b - ${body}.c) > 0.0`,
  `${body}.a - ${body}.b - ${body}.c > 0.0`,
  `${body}.a % (${body}.b * ${body}.c) == ${body}.a * (${body}.b % ${body}.c)`,
  `${body}.a / (${body}.b / ${body}.c) == (${body}.a + ${body}.b) * ${body}.c`,
  `-(${body}.a ? 1 : 2) == 1 && !(${body}.a && ${body}.b)`,
  `${body}.a == (${body}.b == ${body}.c) && (${body}.a == ${body}.b) == ${body}.c`,
  `(${body}.a ? ${body}.b : ${body}.c) ? (${body}.a ? true : false) : ${body}.b ? true : false`,
  `(${body}.a || ${body}.b) && ${body}.c || ${body}.d && !${body}.e`,
  `(${body}.a ? ${body}.b : ${body}.c).all(x, x.name in ["a", {"b": 1.0}.b])`,
  `size(${body}.a[(${body}.i + 1)].b) > 0 && has(${body}.a)`,
  'timestamp("2026-01-01T00:00:00Z") - now < duration("1h")',
])('is read back as what it was: %s', (source) => {
  const spelt = spellExpression(parse(source))
  expect(meaning(parse(spelt))).toEqual(meaning(parse(source)))
})

it('gives one spelling to what is written in several', () => {
  expect(spellExpression(parse(`( request.method )=='GET'`))).toBe('request.method == "GET"')
})
