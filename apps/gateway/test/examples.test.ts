import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** A stand-in for every variable that the example refers to. */
function standIns(folder: string): Record<string, string> {
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name ?? ''))
  function standIn(name: string): string {
    if (/LISTEN/.test(name)) return '127.0.0.1:1'
    return /URL|ISSUER|ENDPOINT|HOOK/.test(name)
      ? 'http://127.0.0.1:1'
      : Buffer.alloc(32, 1).toString('base64')
  }
  return Object.fromEntries(names.map((name) => [name, standIn(name)]))
}

it('there are examples', () => {
  expect(folders).toContain('inbox-manager')
})

it.each(folders)('examples/%s is a configuration without faults', async (name) => {
  const folder = join(examples, name)
  const env = { PATH: process.env.PATH, ...standIns(folder) }
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'check', folder, '--json'], { env })
  expect(JSON.parse(stdout)).toMatchObject({ ok: true })
})
