import { presets } from '@countersign/auth-core'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'

/**
 * Loads a configuration that stands in no file yet, for its policy alone.
 *
 * @param path what relative paths in it start from
 * @param texts by the names that positions shall use
 * @throws {ConfigFaults}
 */
export function loadText(path: string, texts: Readonly<Record<string, string>>): LoadedConfig {
  return loadConfig(path, {
    env: process.env,
    presets,
    policyOnly: true,
    texts: new Map(Object.entries(texts)),
  })
}
