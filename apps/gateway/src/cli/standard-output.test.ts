import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'

const platform = fileURLToPath(new URL('../../../../examples/platform', import.meta.url))

const vendor = {
  openapi: '3.0.0',
  info: { title: 'Vendor', version: '1' },
  servers: [{ url: 'https://vendor.example' }],
  paths: { '/things': { get: { operationId: 'things.list', responses: {} } } },
}

/** Runs a command whose output nobody takes. */
async function unread(stream: 'stdout' | 'stderr', args: readonly string[]) {
  const command = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  command[stream].destroy()
  const other = stream === 'stdout' ? command.stderr : command.stdout
  const said = text(other)
  const code = await new Promise((resolve) => command.on('close', resolve))
  return { code, said: await said }
}

describe('a reader that has had enough', () => {
  it.each([
    ['check', [platform, '--policy-only'], 0],
    ['test', [platform, '--json'], 0],
    ['diff', [platform, platform], 0],
    ['explain', [platform, '--service', 'support', 'GET', '/nowhere'], 1],
  ])('leaves %s its verdict, and hears of no stack', async (command, args, code) => {
    expect(await unread('stdout', [command, ...args])).toEqual({ code, said: '' })
  })

  it('of standard error is no failure either', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
    try {
      const file = join(folder, 'vendor.json')
      writeFileSync(file, JSON.stringify(vendor))
      const { code, said } = await unread('stderr', ['import', 'openapi', file])
      expect([code, said]).toEqual([0, expect.stringContaining('GET /things')])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

it('output that cannot be written is said in one line, and is no verdict', () => {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [main, 'test', platform], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect([status, stderr]).toEqual([
    2,
    'countersign: standard output cannot be written: ENOSPC: no space left on device, write\n',
  ])
})
