import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../test/support/free-port.ts'
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

it('goes on where its log is on a full disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'countersign.yaml')
  const admin = `127.0.0.1:${await freePort()}`
  writeFileSync(
    file,
    'gateway: { audience: gw, listen: "127.0.0.1:0", audit: { file: ./audit.jsonl } }\nissuers: {}\nupstreams: {}\nservices: {}\n',
  )
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  const gateway = spawn(process.execPath, [main, 'serve', file, '--admin', admin], {
    stdio: ['ignore', 'ignore', full],
  })
  onTestFinished(() => void gateway.kill('SIGKILL'))
  const exited = once(gateway, 'exit')
  // The first line of the log is that it listens.
  await vi.waitFor(async () => expect((await fetch(`http://${admin}/livez`)).status).toBe(200), 30_000)
  gateway.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
}, 60_000)
