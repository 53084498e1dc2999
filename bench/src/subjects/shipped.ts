import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Stage } from '../stage.ts'

/**
 * The gateway's program as its package is published, which is what operators run: bundled from the sources once for
 * each stage.
 *
 * @returns the path of the command line
 */
export function shippedGateway({ folder }: Stage): string {
  const shipped = join(folder, 'shipped')
  if (!existsSync(shipped)) {
    const bundle = createRequire(import.meta.url).resolve('@countersign/gateway/bundle.ts')
    execFileSync(process.execPath, [bundle, shipped], { stdio: 'inherit' })
  }
  return join(shipped, 'lib/main.js')
}
