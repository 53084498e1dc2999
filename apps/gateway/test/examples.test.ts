import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { main } from './support/gateway-process.ts'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(examples, entry.name, 'countersign.yaml')))
  .map(({ name }) => name)

/** What an example refers to, of a kind. */
function references(folder: string, kind: 'env' | 'file'): readonly string[] {
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const pattern = new RegExp(`\\$\\{${kind}:([^}]+)\\}`, 'g')
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''))
}

/** A copy of an example with a stand-in for every secret file that it refers to. */
function withFiles(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-'))
  cpSync(folder, copy, { recursive: true })
  for (const name of references(folder, 'file')) {
    mkdirSync(dirname(join(copy, name)), { recursive: true })
    writeFileSync(join(copy, name), secretFile(name))
  }
  return copy
}

function secretFile(name: string): string {
  if (name.endsWith('-token')) return 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJnYXRld2F5In0.c2ln'
  if (!name.endsWith('.pem')) return 'a-secret'
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** Stands in for every file that belongs to a machine. */
const certificate = join(mkdtempSync(join(tmpdir(), 'countersign-')), 'ca.crt')
beforeAll(async () => writeFileSync(certificate, (await makeCertificate()).cert))
afterAll(() => rmSync(dirname(certificate), { recursive: true }))

/** A stand-in for every variable that the example refers to. */
function standIns(folder: string): Record<string, string> {
  function standIn(name: string): string {
    if (/LISTEN/.test(name)) return '127.0.0.1:1'
    if (/FILE$/.test(name)) return certificate
    if (/ISSUER/.test(name)) return `http://127.0.0.1:1/${name}`
    return /URL|ENDPOINT|HOOK/.test(name) ? 'http://127.0.0.1:1' : Buffer.alloc(32, 1).toString('base64')
  }
  return Object.fromEntries(references(folder, 'env').map((name) => [name, standIn(name)]))
}

/** Runs the command line without a variable but those given. @returns standard output, parsed */
async function countersign(args: readonly string[], env: Record<string, string> = {}): Promise<unknown> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, '--json'], {
    env: { PATH, NODE_COMPILE_CACHE, ...env },
  })
  return JSON.parse(stdout)
}

const tested = folders.filter((name) =>
  readdirSync(join(examples, name), { recursive: true, encoding: 'utf8' }).some((file) =>
    file.endsWith('.test.yaml'),
  ),
)

it('there are examples, and policy tests among them', () => {
  expect(folders).toContain('inbox-manager')
  expect(tested).toContain('platform')
})

it.each(folders)('examples/%s is a configuration without faults', async (name) => {
  const folder = withFiles(join(examples, name))
  expect(await countersign(['check', folder], standIns(folder))).toMatchObject({ ok: true })
  rmSync(folder, { recursive: true })
})

it.each(tested)('examples/%s passes its policy tests, and they reach every rule', async (name) => {
  const run = await countersign(['test', join(examples, name), '--min-coverage', '100'])
  expect(run).toMatchObject({ ok: true, coverage: 100 })
})

it.each(folders)('examples/%s differs in nothing from itself, and needs no secret for that', async (name) => {
  const folder = join(examples, name)
  expect(await countersign(['diff', folder, folder])).toEqual({ gains: false, changes: [] })
})

it('examples/platform is of realistic size, and warns of nothing but what it says itself', async () => {
  const checked = await countersign(['check', join(examples, 'platform'), '--policy-only'])
  expect(checked).toMatchObject({
    upstreams: Array.from({ length: 5 }, () => expect.anything()),
    services: Array.from({ length: 12 }, () => expect.anything()),
  })
  const { warnings } = checked as { warnings: { kind: string; message: string }[] }
  expect(warnings.filter(({ kind }) => kind !== 'operation-unused')).toEqual([
    expect.objectContaining({ kind: 'shadow-mode', message: expect.stringContaining('directory-sync') }),
  ])
})
