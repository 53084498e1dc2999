import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadedConfig } from '../../src/config/loaded-config.ts'

/** Loads a configuration from its YAML, for its policy alone. */
export function policyConfig(yaml: string): LoadedConfig {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  try {
    writeFileSync(join(folder, 'countersign.yaml'), yaml)
    return loadConfig(folder, { env: {}, presets, policyOnly: true })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
