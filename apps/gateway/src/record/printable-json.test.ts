import { expect, it } from 'vitest'
import { printableJson } from './printable-json.ts'

const acted = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/

const values: readonly unknown[] = [
  '',
  'plain',
  'with "quotes" and \\ backslashes',
  'line\nbreak\ttab\u0000nul',
  'DEL \u007f alone',
  'C1 \u009b31m, turned \u202e, separated \u2028, \ufeff',
  'é ß 漢字 😀 \ud800',
  0,
  -0,
  1.5,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  undefined,
  () => 0,
  Symbol('left out'),
  ['a', undefined, '\u202e'],
  { nested: { '\u2028': ['deep', 0.125] } },
  new Date(0),
  { toJSON: () => 'a form of its own' },
]

it.each(values)('says the same as JSON.stringify, and nothing that a screen acts on: %j', (value) => {
  for (const line of [{ a: value, b: 'after' }, { 'na"me': value }, { '\u009bname': value }, [value]]) {
    const text = printableJson(line)
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(line)))
    expect(text).not.toMatch(acted)
    expect(text).not.toMatch(/[\n\r]/)
  }
})

it.each([{}, { only: undefined }, [], new Date(0)])('is no less than JSON of its own: %j', (value) => {
  expect(printableJson(value)).toBe(JSON.stringify(value))
})
