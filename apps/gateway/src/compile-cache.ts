import { mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname } from 'node:path'

/**
 * Keeps in this folder what was compiled once. What is in it is run without a look at its source: a folder that more
 * people may write to than the one around it, as a process without a umask would make it, is not used.
 */
export function keepCompiled(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (writers(folder) & ~writers(dirname(folder))) return
  } catch {
    return // Nobody may write there: each start compiles.
  }
  enableCompileCache(folder)
}

/** Who beside its owner may write to a folder: permission bits. */
function writers(folder: string): number {
  return statSync(folder).mode & 0o022
}
