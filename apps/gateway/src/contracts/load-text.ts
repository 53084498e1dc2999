import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'

/**
 * Loads a configuration that stands in no file yet, for its policy alone.
 *
 * @throws {ConfigFaults}
 */
export function loadText(text: string): LoadedConfig {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-suggestion-'))
  try {
    const path = join(folder, 'suggestion.yaml')
    writeFileSync(path, text)
    return loadConfig(path, { env: process.env, presets, policyOnly: true })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
