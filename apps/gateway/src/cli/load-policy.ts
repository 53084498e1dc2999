import { existsSync } from 'node:fs'
import { presets } from '@countersign/auth-core'
import type { Command } from 'commander'
import { ConfigFaults } from '../config/config-faults.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { renderFaults } from '../config/render-faults.ts'
import { fail } from './fail.ts'

/**
 * Loads a configuration for its policy alone: no secret and no file beside it is needed.
 *
 * @returns `undefined` when it has faults, which are then on standard error, with `--json` on standard output, and
 * the exit code is 1
 */
export function loadPolicy(path: string, command: Command): LoadedConfig | undefined {
  return loadPolicies([path], command)?.[0]
}

/** The same for several; of all that have faults these are told together. */
export function loadPolicies(
  paths: readonly string[],
  command: Command,
): readonly LoadedConfig[] | undefined {
  for (const path of paths) if (!existsSync(path)) command.error(`there is no file or folder ${path}`)
  const loaded = paths.map(load)
  const faulty = loaded.filter((config) => config instanceof ConfigFaults)
  if (faulty.length === 0) return loaded.filter((config) => 'policy' in config)
  const text = faulty.map(({ faults, sources }) => renderFaults(faults, sources)).join('\n\n')
  return fail(text, { faults: faulty.flatMap(({ faults }) => faults) }, command)
}

function load(path: string): LoadedConfig | ConfigFaults {
  try {
    return loadConfig(path, { env: process.env, presets, policyOnly: true })
  } catch (error) {
    if (error instanceof ConfigFaults) return error
    throw error
  }
}
