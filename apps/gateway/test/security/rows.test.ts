import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import rows from './rows.json' with { type: 'json' }

/** The letters of the matrix and the last row of each; the numbers go on from letter to letter. */
const lastRows = { A: 26, B: 35, C: 46, D: 62, E: 69, F: 85, G: 87, H: 93, I: 100, J: 105, K: 112 } as const
const between = ['F85a'] as const

const tests = join(import.meta.dirname, '..')
const page = readFileSync(join(tests, '../../../docs/security.md'), 'utf8').replaceAll(/\s+/g, ' ')

/** The rows that each test carries at the beginning of its name, or of the name of what it stands in, by file. */
let carried: ReadonlyMap<string, ReadonlySet<string>>
/** Tests of the matrix, this file aside, that carry none. */
let unnumbered: readonly string[]
beforeAll(async () => {
  const elsewhere = rows.flatMap((row) => row.tests).filter((file) => !file.startsWith('security/'))
  const listed = await listTests(['security/', ...new Set(elsewhere)].map((file) => `test/${file}`))
  unnumbered = listed
    .filter(({ file, name }) => /security\/[a-k]-[^/]*$/.test(file) && rowsOf(name).length === 0)
    .map(({ name }) => name)
  const byFile = Map.groupBy(listed, ({ file }) => relative(tests, file))
  carried = new Map(
    [...byFile].map(([file, found]) => [file, new Set(found.flatMap(({ name }) => rowsOf(name)))]),
  )
})

interface ListedTest {
  readonly name: string
  readonly file: string
}

/** What Vitest itself would run: names that tables and loops make are in it, comments and dead code are not. */
async function listTests(files: readonly string[]): Promise<readonly ListedTest[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-rows-'))
  const json = join(folder, 'tests.json')
  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')))
  const options = ['--no-static-parse', '--no-isolate', '--maxWorkers=1', `--json=${json}`]
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  await promisify(execFile)(process.execPath, [vitest, 'list', ...files, ...options], {
    ...{ cwd: join(tests, '..'), env },
  })
  const listed = JSON.parse(readFileSync(json, 'utf8')) as ListedTest[]
  rmSync(folder, { recursive: true })
  return listed
}

/** `K111 what a token costs > K111 A16 dots: …`: K111 and A16. */
function rowsOf(name: string): string[] {
  const labels = name.split(' > ').map((part) => /^(?:[A-K]\d{1,3}a?,? )+/.exec(part)?.[0] ?? '')
  return labels.flatMap((label) => label.match(/\w+/g) ?? [])
}

it('the index has every row of the matrix once', () => {
  let next = 1
  const all = Object.entries(lastRows).flatMap(([letter, last]) => {
    const first = next
    next = last + 1
    return Array.from({ length: next - first }, (_, at) => `${letter}${first + at}`)
  })
  expect(rows.map(({ row }) => row).toSorted()).toEqual([...all, ...between].toSorted())
})

it.each(rows)('$row $title', ({ row, tests: files, documented = '' }) => {
  expect(
    files.filter((file) => !carried.get(file)?.has(row)),
    'files without a test of this row',
  ).toEqual([])
  expect(files, `${row} is proved`).not.toEqual([])
  expect(page, 'what is chosen stands in docs/security.md').toContain(documented)
})

it('every test of the matrix carries the number of a row', () => expect(unnumbered).toEqual([]))

it('no test carries the number of a row that does not exist', () => {
  const known = new Set(rows.map(({ row }) => row))
  const strange = [...carried].flatMap(([file, found]) =>
    [...found].filter((row) => !known.has(row)).map((row) => `${row} in ${file}`),
  )
  expect(strange).toEqual([])
})
