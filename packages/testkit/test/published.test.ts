import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'countersign-published-'))
const packages = join(folder, 'packages')
const service = join(folder, 'service')
/** The runtime of this test first, whichever node npm itself runs on. */
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  }
}

beforeAll(async () => {
  cpSync(join(root, 'examples/consumer-service'), service, { recursive: true })
  await run(process.execPath, [join(root, 'scripts/pack.ts'), packages, '--check'], root)
  const tarballs = readdirSync(packages).map((name) => join(packages, name))
  const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', [...install, ...tarballs], service)
}, 400_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a service that has only the packed packages compiles against their types, and its policy is checked', async () => {
  expect(await run('npm', ['run', 'check'], service)).toContain('countersign is fine')
})

test('its tests pass against a gateway started from the installed package', async () => {
  expect(await run('npm', ['test'], service)).toMatch(/pass 4\b/)
})

test('its contract is written as it is committed', async () => {
  await run('npm', ['run', 'contract'], service)
  const diff = ['diff', '--no-index', '--exit-code', join(root, 'examples/consumer-service/pacts'), 'pacts']
  expect(await run('git', diff, service)).toBe('')
})
