import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** The rows of the hostile matrix, from the first to the last number of each letter. */
const letters = {
  A: [1, 26],
  B: [27, 35],
  C: [36, 46],
  D: [47, 62],
  E: [63, 69],
  F: [70, 85],
  G: [86, 87],
} as const
const more = { H: [88, 93], I: [94, 100], J: [101, 105], K: [106, 112] } as const

/** Rows without a test on the wire that carries their number. The list may only become shorter. */
const open: ReadonlySet<string> = new Set(['K106', 'K112'])

it('every row of the matrix has a test that carries its number, or is on the list of those that have none', () => {
  const found = rowsOf(join(import.meta.dirname, '..'))
  const missing = allRows().filter((row) => !found.has(row) && !open.has(row))
  expect(missing).toEqual([])
})

function allRows(): string[] {
  const ranges = Object.entries({ ...letters, ...more })
  const rows = ranges.flatMap(([letter, [first, last]]) =>
    Array.from({ length: last - first + 1 }, (_, at) => `${letter}${first + at}`),
  )
  return [...rows, 'F85a']
}

/** Row numbers in the names of tests, and those that a table of targets is given. */
function rowsOf(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const tests = files.filter((file) => file.endsWith('.test.ts') && !file.endsWith('rows.test.ts'))
  const text = tests.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const named = [...text.matchAll(/\b[A-K]\d{1,3}a?\b/g)].map(([row]) => row)
  const targets = [...text.matchAll(/\brefuses\(\s*(\d+)/g)].map(([, number]) => `F${number}`)
  return new Set([...named, ...targets])
}
