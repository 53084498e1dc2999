import { existsSync } from 'node:fs'
import { presets } from '@countersign/auth-core'
import type { Command } from 'commander'
import { ConfigFaults } from '../config/config-faults.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { renderFaults } from '../config/render-faults.ts'

/**
 * Loads a configuration for its policy alone: no secret and no file beside it is needed.
 *
 * @returns `undefined` when it has faults, which are then on standard error, and the exit code is 1
 */
export function loadPolicy(path: string, command: Command): LoadedConfig | undefined {
  if (!existsSync(path)) command.error(`there is no file or folder ${path}`)
  try {
    return loadConfig(path, { env: process.env, presets, policyOnly: true })
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    process.stderr.write(`${renderFaults(error.faults, error.sources)}\n`)
    process.exitCode = 1
    return undefined
  }
}
