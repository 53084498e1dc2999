import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'countersign-shipped-'))

/**
 * Before the first test of a run: what starts gateways starts what is shipped, which is up in a third of the time that
 * its sources take. A run within a run has it from the outer one.
 */
export function setup(): void {
  if (process.env.COUNTERSIGN_MAIN) return
  execFileSync(process.execPath, [fileURLToPath(new URL('../../bundle.ts', import.meta.url)), folder])
  process.env.COUNTERSIGN_MAIN = join(folder, 'lib/main.js')
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true })
}
