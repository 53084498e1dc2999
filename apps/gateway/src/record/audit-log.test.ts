import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuditLog } from './audit-log.ts'
import { verifyAudit } from './verify-audit.ts'

const key = new Secret('audit key')
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
  file = join(folder, 'audit.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

function open(required = true) {
  return openAuditLog({ file, required, key, onLost: () => {} })
}

function writeLines(count: number, log = open()) {
  for (let number = 1; number <= count; number += 1) log.write({ kind: 'close', number })
  const head = log.head()
  log.close()
  return head
}

const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n')
const rewrite = (changed: string[]) => writeFileSync(file, `${changed.join('\n')}\n`)
const findings = async (head?: Parameters<typeof verifyAudit>[2]) =>
  (await verifyAudit([file], key, head)).findings

describe('a whole record', () => {
  it('verifies, also when it was continued by another process', async () => {
    writeLines(3)
    const head = writeLines(2)
    expect(await verifyAudit([file], key, head)).toMatchObject({ lines: 6, findings: [] })
  })

  it('verifies over a rotation by rename, together and each file alone', async () => {
    const log = open()
    log.write({ kind: 'close' })
    const old = join(folder, 'audit.jsonl.1')
    renameSync(file, old)
    log.write({ kind: 'close' })
    log.close()
    expect(await verifyAudit([old, file], key)).toMatchObject({ lines: 4, findings: [] })
    expect(await verifyAudit([file], key)).toMatchObject({ lines: 2, findings: [] })
  })

  it('verifies after a crash in the middle of a line, which is marked and counted', async () => {
    writeLines(2)
    appendFileSync(file, '{"kind":"close","half')
    writeLines(2)
    expect(await verifyAudit([file], key)).toMatchObject({ findings: [], torn: 1 })
  })
})

describe('a record that was tampered with does not verify', () => {
  beforeEach(() => writeLines(5))

  it.each<[string, (all: string[]) => string[]]>([
    ['a changed line', (all) => all.map((line) => line.replace('"number":3', '"number":4'))],
    ['a removed line', (all) => all.filter((_line, at) => at !== 3)],
    ['a removed first line', (all) => all.slice(1)],
    [
      'two lines in another order',
      ([a, b, c, ...rest]) => [a, c, b, ...rest].filter((line) => line !== undefined),
    ],
    ['a line told twice', ([a, b, ...rest]) => [a, b, b, ...rest].filter((line) => line !== undefined)],
    ['an inserted line', ([a, ...rest]) => [a ?? '', '{"kind":"close"}', ...rest]],
    ['a last line without its seal', (all) => [...all.slice(0, -1), '{"kind":"close"}']],
  ])('%s', async (_name, tamper) => {
    rewrite(tamper(lines()))
    expect(await findings()).toHaveLength(1)
  })

  it('lines cut off the end, against the head that was exported', async () => {
    const head = writeLines(1)
    truncateSync(file, readFileSync(file, 'utf8').lastIndexOf('{"kind"'))
    expect(await findings()).toEqual([])
    expect(await findings(head)).toHaveLength(1)
  })

  it('under another key', async () => {
    expect((await verifyAudit([file], new Secret('other'))).findings).toHaveLength(1)
  })
})

describe('a record that cannot be written', () => {
  it('is a fault where it is required, and recovers by itself', async () => {
    const log = openAuditLog({ file: '/dev/full', required: true, onLost: () => {} })
    expect(() => log.write({ kind: 'close' })).toThrow(expect.objectContaining({ code: 'audit.unavailable' }))
    log.close()
  })

  it('is counted where it is not required', () => {
    const lost: unknown[] = []
    const log = openAuditLog({ file: '/dev/full', required: false, onLost: (error) => lost.push(error) })
    log.write({ kind: 'close' })
    log.close()
    expect(lost).toHaveLength(1)
  })
})
