import { execFile } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Secret } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuditLog } from './file-audit-log.ts'
import { verifyAudit } from './verify-audit.ts'

const run = promisify(execFile)
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

  it('verifies where it went on since the head was noted, and not where that is on no way to it', async () => {
    const noted = writeLines(3)
    writeLines(2)
    expect(await findings(noted)).toEqual([])
    const other = { ...noted, mac: 'f'.repeat(64) }
    expect(await findings(other)).toMatchObject([
      { line: noted.seq, message: expect.stringContaining('another one') },
    ])
    expect(await findings({ ...noted, seq: 60 })).toMatchObject([
      { message: expect.stringContaining('60 had been') },
    ])
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

describe('what a crash may leave', () => {
  it('a line of which only the break is missing is a line, and the chain goes on behind it', async () => {
    writeLines(3)
    truncateSync(file, readFileSync(file).length - 1)
    writeLines(1)
    expect(await verifyAudit([file], key)).toMatchObject({ findings: [], lines: 6, torn: 0 })
  })

  it('a last line that is longer than any look at the end of a file is found', async () => {
    const log = open()
    log.write({ kind: 'close', path: '\u0085'.repeat(16_000) })
    log.close()
    writeLines(1)
    expect(await findings()).toEqual([])
  })

  it('an end between the renaming of a file and the beginning of the next: the number goes on', async () => {
    const head = writeLines(2)
    renameSync(file, `${file}.1`)
    const log = open()
    expect(log.head().seq).toBe(head.seq + 1)
    log.close()
    expect(await verifyAudit([`${file}.1`, file], key)).toMatchObject({ findings: [], lines: 4 })
  })
})

describe('a record with a limit', () => {
  const limited = (keep?: number) =>
    openAuditLog({ file, required: true, key, maxBytes: 1024, keep, onLost: () => {} })
  const names = () => readdirSync(folder).sort()

  it('goes on in the next file, and all of them together, in any order, are one chain', async () => {
    writeLines(30, limited())
    const files = names().map((name) => join(folder, name))
    expect(files.length).toBeGreaterThan(3)
    expect(names().slice(0, 2)).toEqual(['audit.jsonl', 'audit.jsonl.000001'])
    for (const path of files) expect(readFileSync(path).length).toBeLessThan(1024 + 400)
    expect(await verifyAudit(files, key)).toMatchObject({ findings: [], first: 1 })
    const missing = files.filter((path) => !path.endsWith('000002'))
    expect((await verifyAudit(missing, key)).findings).toHaveLength(1)
  })

  it('keeps as many files as it is told, and says from which number on they are', async () => {
    writeLines(40, limited(2))
    expect(names()).toHaveLength(3)
    const { first, findings: found } = await verifyAudit(
      names().map((name) => join(folder, name)),
      key,
    )
    expect(found).toEqual([])
    expect(first).toBeGreaterThan(1)
  })
})

describe('lines that are recorded in one turn of the event loop', () => {
  it('stand in their order, between those that were written before and after, and verify', async () => {
    const log = open()
    const appended = [1, 2, 3].map((number) => log.append({ kind: 'close', number }))
    log.write({ kind: 'close', number: 4 })
    appended.push(log.append({ kind: 'close', number: 5 }))
    await Promise.all(appended)
    expect(lines().map((line) => JSON.parse(line).number)).toEqual([undefined, 1, 2, 3, 4, 5])
    expect(await findings(log.head())).toEqual([])
    log.close()
  })

  it('are with the operating system when the promise says so, and at the latest when the record is closed', async () => {
    const log = open()
    await log.append({ kind: 'close', number: 1 })
    expect(lines()).toHaveLength(2)
    const last = log.append({ kind: 'close', number: 2 })
    log.close()
    expect(lines()).toHaveLength(3)
    await last
  })

  it('count each for itself where not all of them could be written; the chain goes on behind the half one', async () => {
    const script = `
      import { Secret } from '@countersign/auth-core'
      import { openAuditLog } from ${JSON.stringify(new URL('./file-audit-log.ts', import.meta.url).href)}
      const log = openAuditLog({ file: process.argv[1], required: true, key: new Secret('audit key'), onLost() {} })
      const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => log.append({ number })))
      console.log(settled.filter(({ status }) => status === 'fulfilled').length)`
    // A limit on the size of files, in blocks of 512 bytes: the write that meets it is cut off there.
    const limited = 'ulimit -f 4; exec "$0" --input-type=module --eval "$1" "$2"'
    const { stdout } = await run('sh', ['-c', limited, process.execPath, script, file])
    const written = Number(stdout)
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThan(20)
    writeLines(1)
    expect(await verifyAudit([file], key)).toMatchObject({ findings: [], torn: 1, lines: written + 4 })
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
  it('keeps the file it has while another cannot be opened, and goes on in the new one after', async () => {
    const log = open()
    const away = `${folder}-away`
    renameSync(folder, away)
    for (let tries = 0; tries < 3; tries += 1) {
      expect(() => log.write({ kind: 'close' })).toThrow(
        expect.objectContaining({ code: 'audit.unavailable' }),
      )
      // Whatever is opened now must not get the number of the record.
      expect(closeSync(openSync('/dev/null', 'r'))).toBeUndefined()
    }
    const bystander = openSync(join(away, 'bystander'), 'w')
    renameSync(away, folder)
    log.write({ kind: 'close' })
    log.close()
    closeSync(bystander)
    expect(readFileSync(join(folder, 'bystander'), 'utf8')).toBe('')
    expect(await findings()).toEqual([])
  })

  it('is a fault where it is required', () => {
    const log = openAuditLog({ file: '/dev/full', required: true, onLost: () => {} })
    expect(() => log.write({ kind: 'close' })).toThrow(expect.objectContaining({ code: 'audit.unavailable' }))
    log.close()
  })

  it('recovers by itself once there is space, in a file that begins as every other', async () => {
    const log = open()
    log.write({ kind: 'close' })
    const old = join(folder, 'audit.jsonl.1')
    renameSync(file, old)
    symlinkSync('/dev/full', file)
    for (let tries = 0; tries < 3; tries += 1)
      expect(() => log.write({ kind: 'close' })).toThrow(
        expect.objectContaining({ code: 'audit.unavailable' }),
      )
    rmSync(file)
    log.write({ kind: 'close' })
    log.close()
    expect(await findings()).toEqual([])
    expect(await verifyAudit([old, file], key)).toMatchObject({ findings: [], lines: 4 })
  })

  it('tells once that it cannot be written, and why, and once that it can again', () => {
    const turns: string[] = []
    const log = openAuditLog({
      ...{ file, required: true, onLost: () => {} },
      onTurn: (error) => turns.push(error === undefined ? 'well' : String(error)),
    })
    log.write({ kind: 'close' })
    renameSync(file, join(folder, 'audit.jsonl.1'))
    symlinkSync('/dev/full', file)
    for (let tries = 0; tries < 3; tries += 1) expect(() => log.write({ kind: 'close' })).toThrow()
    rmSync(file)
    log.write({ kind: 'close' })
    log.write({ kind: 'close' })
    log.close()
    expect(turns).toEqual([expect.stringContaining('ENOSPC'), 'well'])
  })

  it('waits for the disk where it is told to, and takes lines as before', async () => {
    writeLines(3, openAuditLog({ file, required: true, key, fsync: true, onLost: () => {} }))
    expect(await findings()).toEqual([])
  })

  it('is a fault to each of those that were to be recorded together', async () => {
    const log = openAuditLog({ file: '/dev/full', required: true, onLost: () => {} })
    const unavailable = expect.objectContaining({ code: 'audit.unavailable' })
    const both = await Promise.allSettled([log.append({ kind: 'close' }), log.append({ kind: 'close' })])
    expect(both).toEqual([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ])
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
