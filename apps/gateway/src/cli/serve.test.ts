import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'

it('says in one line which file of its own it cannot open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'countersign.yaml')
  const audit = join(folder, 'nowhere', 'audit.jsonl')
  writeFileSync(
    file,
    `gateway: { audience: gw, listen: "127.0.0.1:8080", audit: { file: ${audit} } }\nissuers: {}\nupstreams: {}\nservices: {}\n`,
  )
  const { status, stderr } = spawnSync(process.execPath, [main, 'serve', file], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([
    1,
    `countersign serve: ENOENT: no such file or directory, open '${audit}'\n`,
  ])
})
