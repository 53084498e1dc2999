import { expect, it } from 'vitest'
import { renderFaults } from './render-faults.ts'

const fault = { file: 'a.yaml', line: 2, column: 5, path: 'x.y', message: 'is wrong', hint: 'make it right' }

it('shows place, line, caret and what to do', () => {
  expect(renderFaults([fault], new Map([['a.yaml', 'x:\n  y: 1\n']]))).toBe(
    ['a.yaml:2:5: x.y is wrong', '  2 |   y: 1', '    |     ^', '    = make it right'].join('\n'),
  )
})

it('shows a fault of a whole file without an excerpt', () => {
  expect(renderFaults([{ ...fault, path: '' }], new Map())).toBe('a.yaml:2:5: is wrong\n    = make it right')
})

it('lets nothing in a file control the terminal', () => {
  const text = renderFaults(
    [{ ...fault, message: 'is \u001b[2J' }],
    new Map([['a.yaml', '\n\u001b[31m\u202e']]),
  )
  for (const sly of ['\u001b', '\u202e']) expect(text).not.toContain(sly)
})

it('keeps the caret under the spot of a very long line', () => {
  const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`
  const rows = renderFaults([{ ...fault, line: 1, column: 501 }], new Map([['a.yaml', line]])).split('\n')
  expect(rows[1]?.[rows[2]?.indexOf('^') ?? -1]).toBe('X')
  expect(rows[1]?.length).toBeLessThan(200)
})
