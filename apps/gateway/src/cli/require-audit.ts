import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import type { Command } from 'commander'

/**
 * Ends the command with exit code 2 unless every file of the record can be read; `-` always can. A compressed file
 * would be passed over as lines that a crash has torn.
 */
export function requireAudit(files: readonly string[], command: Command): void {
  for (const file of files) {
    if (file === '-') continue
    if (!isReadable(file)) command.error(`there is no file ${file} that can be read`)
    if (statSync(file).isDirectory()) command.error(`${file} is a folder: give the files of the record in it`)
    if (isGzip(file)) command.error(`${file} is compressed: give what gunzip makes of it`)
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** RFC 1952 2.3.1. A pipe is not looked into: what is read of it is gone. */
function isGzip(file: string): boolean {
  if (!statSync(file).isFile()) return false
  const start = Buffer.alloc(2)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, start, 0, 2, 0)
  } finally {
    closeSync(handle)
  }
  return start.readUInt16BE() === 0x1f8b
}
