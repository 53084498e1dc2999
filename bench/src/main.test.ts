import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bench-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

function results(name: string, value: number): string {
  const file = join(folder, name)
  const ratio = { id: 'small-get/perCpu/express-hpm', bound: { atLeast: 1.6 }, value }
  writeFileSync(file, JSON.stringify({ ratios: [ratio] }))
  return file
}

function compared(before: number, now: number) {
  const files = ['--compare', results('before.json', before), '--results', results('now.json', now)]
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...files], { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

it('a ratio that lost more than 5 % is named, and the command fails', () => {
  expect(compared(2, 1.88)).toEqual({
    status: 1,
    said: 'lost 6.0 %: small-get/perCpu/express-hpm, 2.000 before, 1.880 now\n',
  })
})

it('what lost less, or gained, passes without a word', () => {
  expect(compared(2, 1.92)).toEqual({ status: 0, said: '' })
  expect(compared(2, 2.4)).toEqual({ status: 0, said: '' })
})
