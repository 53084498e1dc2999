import { accessSync, constants, statSync } from 'node:fs'
import type { Command } from 'commander'

/** Ends the command with exit code 2 unless every file of the record can be read; `-` always can. */
export function requireAudit(files: readonly string[], command: Command): void {
  for (const file of files) {
    if (file !== '-' && !isReadable(file)) command.error(`there is no file ${file} that can be read`)
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return !statSync(file).isDirectory()
  } catch {
    return false
  }
}
