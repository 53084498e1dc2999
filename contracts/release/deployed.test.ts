import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PactFile, statesOf } from '../support/pact-file.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const made = new Set([
  'node_modules',
  '.git',
  'dist',
  '.turbo',
  '.packages',
  '.pact',
  '.reports',
  '.compile-cache',
])
/** A checkout that each try changes. */
let copy: string

/** The broker that a build may have, its reports, its gateway, what it has compiled, and the proxy of vitest.config.ts. */
const isOfThisRun = /^(PACT_|COUNTERSIGN_|NODE_COMPILE_CACHE$|VITEST)|_proxy$/i

/** Whose contracts the provider test of client-gateway holds the gateway to. */
const consumers = ['countersign-client', 'oauth-client'] as const

/** Runs a command in the copy. @returns its exit code and all it wrote */
async function run(command: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
  const mine = Object.entries(process.env).filter(([name]) => !isOfThisRun.test(name))
  // Its sources: a bundle would have to be made of them after each change.
  const env = { ...Object.fromEntries(mine), COUNTERSIGN_MAIN: join(copy, 'apps/gateway/src/main.ts') }
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: copy, env, maxBuffer: 1e8 })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

const git = (...args: readonly string[]) =>
  run('git', '-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args)
const release = (...args: readonly string[]) => run(process.execPath, 'contracts/release.ts', ...args)

beforeEach(async () => {
  copy = mkdtempSync(join(tmpdir(), 'deployed-test-'))
  cpSync(root, copy, { recursive: true, filter: (path) => !made.has(basename(path)) })
  linkPackages()
  for (const consumer of consumers) rewrite(consumer, oneOfEachState)
  for (const step of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-qm', 'as deployed'],
  ]) {
    expect(await git(...step)).toMatchObject({ code: 0 })
  }
})
afterEach(() => rmSync(copy, { recursive: true, force: true }))

/** What the packages of the copy import of each other is the copy's; libraries stay where they are. */
function linkPackages(): void {
  const packages = ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  )
  for (const folder of ['contracts', ...packages].map((name) => join(name, 'node_modules'))) {
    // pnpm's links are relative, and lead to the copy when they are in it.
    const isLink = (path: string) => !basename(path).startsWith('.')
    cpSync(join(root, folder), join(copy, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isLink,
    })
  }
  mkdirSync(join(copy, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => each !== '.cache'))
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
}

test('a field that client and gateway drop together is missed by those who are deployed with it', async () => {
  expect((await release('verify')).output).toContain('nothing is deployed')
  expect(await release('record-deployment', 'production')).toMatchObject({ code: 0 })
  expect((await release('can-i-deploy', 'production')).output).toContain(
    'contracts are those of this checkout',
  )

  drop('apps/gateway/src/respond/problem.ts', '    request_id: requestId,\n')
  for (const consumer of consumers) rewrite(consumer, without('request_id'))
  await git('commit', '-qam', 'nobody needs the request id in a body')
  // The checkout by itself is consistent.
  const own = [
    'run',
    '--root',
    'contracts',
    '-c',
    'vitest.provider.ts',
    'client-gateway',
    '-t',
    'the gateway keeps',
  ]
  expect(await run(process.execPath, 'contracts/node_modules/vitest/vitest.mjs', ...own)).toMatchObject({
    code: 0,
  })

  const { code, output } = await release('verify', 'client-gateway')
  expect(code).toBe(1)
  expect(output).toMatch(
    /✗ countersign-client and countersign-gateway .*missing the following keys: request_id/,
  )
  expect(output).toContain('deployed/production: NOT KEPT')
})

function drop(file: string, text: string): void {
  const before = readFileSync(join(copy, file), 'utf8')
  expect(before).toContain(text)
  writeFileSync(join(copy, file), before.replace(text, ''))
}

function rewrite(consumer: string, change: (pact: PactFile) => PactFile): void {
  const file = join(copy, `contracts/pacts/${consumer}-countersign-gateway.json`)
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8'))), null, 2))
}

/** Shorter, and nobody's state is left out. */
function oneOfEachState(pact: PactFile): PactFile {
  const byState = new Map(pact.interactions.map((each) => [statesOf(each).join(), each]))
  return { ...pact, interactions: [...byState.values()] }
}

/** As the consumer tests would write it if the consumer did not look at the member any more. */
function without(member: string): (pact: PactFile) => PactFile {
  return (pact) =>
    JSON.parse(JSON.stringify(pact), (key, value) =>
      key === member || key === `$.${member}` ? undefined : value,
    )
}
