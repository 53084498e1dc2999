import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'

const vendor = JSON.stringify({
  openapi: '3.0.0',
  info: { title: 'Vendor', version: '1' },
  servers: [{ url: 'https://vendor.example' }],
  paths: { '/things': { get: { operationId: 'things.list', responses: {} } } },
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'vendor.json'), vendor)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The command in a process of its own, as a person runs it. */
function importOpenapi(...args: readonly string[]) {
  const command = [main, 'import', 'openapi', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
  return { status, stdout, problems: stderr.trimEnd().split('\n') }
}

it.each([
  ['a folder for a document', ['.'], 'there is no file .'],
  ['a folder to write into', ['vendor.json', '--into', '.'], '. is a folder, and --into names a file'],
  [
    'a folder that there is not',
    ['vendor.json', '--into', 'nowhere/vendor.yaml'],
    'there is no folder nowhere for --into: make it first',
  ],
])('says so in one line, as wrong usage, where %s is given', (_what, args, problem) => {
  const { status, problems } = importOpenapi(...args)
  expect([status, problems]).toEqual([2, [problem, 'Add --help to see how it is used.']])
})

it('says in one line what cannot be read beside it', () => {
  mkdirSync(join(folder, 'api.import.json'))
  const { status, problems } = importOpenapi('vendor.json', '--into', 'api.yaml')
  expect([status, problems]).toEqual([2, ['countersign: EISDIR: illegal operation on a directory, read']])
})

it('reads a document with a byte order mark', () => {
  writeFileSync(join(folder, 'vendor.json'), `\uFEFF${vendor}`)
  expect(importOpenapi('vendor.json')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('GET /things'),
  })
})

it('leaves a file alone that it cannot read to the byte', () => {
  const file = join(folder, 'config.yaml')
  const text = Buffer.from('# caf\xe9\nservices: {}\n', 'latin1')
  writeFileSync(file, text)
  const { status, problems } = importOpenapi('vendor.json', '--into', 'config.yaml')
  expect([status, problems]).toEqual([1, ['config.yaml: it is not UTF-8 text']])
  expect(readFileSync(file).equals(text)).toBe(true)
})

it('prints one JSON document for what is no OpenAPI document as well', () => {
  writeFileSync(join(folder, 'vendor.json'), '{}')
  const { status, stdout } = importOpenapi('vendor.json', '--json')
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    why: expect.stringMatching(/^vendor\.json: it does not say/),
  })
})
