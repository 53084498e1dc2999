import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Secret } from '@countersign/auth-core'
import { startProcess } from '@countersign/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chainStart, sealLine } from '../record/audit-chain.ts'

const main = join(import.meta.dirname, '../main.ts')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'key'), 'k')
  writeFileSync(join(folder, 'audit.jsonl'), '{}\n')
  writeFileSync(join(folder, 'audit.jsonl.gz'), gzipSync('{}\n'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function verify(...args: readonly string[]) {
  const command = await startProcess(process.execPath, [main, 'audit', 'verify', ...args], { cwd: folder })
  return { code: await command.exited, out: command.stdout(), err: command.stderr() }
}

it.each([
  ['there is no record', ['audit.jsonl', 'audit.jsonl.000001'], 'there is no file audit.jsonl.000001 that'],
  ['a folder is given', ['.'], '. is a folder: give the files of the record in it'],
  ['standard input is given', ['-'], 'read from files'],
  ['a file is compressed', ['audit.jsonl.gz'], 'audit.jsonl.gz is compressed'],
])('says so in one line, as wrong usage, where %s', async (_what, files, message) => {
  const { code, err } = await verify(...files, '--key-file', 'key')
  expect(err).toContain(message)
  expect(err.trim().split('\n')).toHaveLength(2)
  expect(code).toBe(2)
})

it('says so where there is no key', async () => {
  const { code, err } = await verify('audit.jsonl', '--key-file', 'nothing')
  expect(err).toContain('the key file cannot be read')
  expect(code).toBe(2)
})

it('says so where the key is empty, and that a record broken from the start may have another', async () => {
  writeFileSync(join(folder, 'empty'), '\n')
  expect(await verify('audit.jsonl', '--key-file', 'empty')).toMatchObject({
    code: 2,
    err: expect.stringContaining('the key file empty is empty'),
  })
  const first = sealLine({ kind: 'opened' }, chainStart, new Secret('another'))
  const second = sealLine({ kind: 'open' }, first.head, new Secret('k'))
  writeFileSync(join(folder, 'audit.jsonl'), `${first.text}\n${second.text}\n`)
  const hint = 'or the record was written with another key'
  expect(await verify('audit.jsonl', '--key-file', 'key')).toMatchObject({
    code: 1,
    out: expect.stringContaining(hint),
  })
  writeFileSync(join(folder, 'key'), 'another')
  expect(await verify('audit.jsonl', '--key-file', 'key')).toMatchObject({
    code: 1,
    out: expect.not.stringContaining(hint),
  })
})

it('finds a record broken whose lines are not sealed', async () => {
  expect((await verify('audit.jsonl', '--key-file', 'key')).code).toBe(1)
})
