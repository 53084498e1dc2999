import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The files of a world's record, oldest first: those that were rotated away, then the current one. */
export function recordFiles(folder: string): string[] {
  const old = readdirSync(folder).filter((name) => name.startsWith('audit.jsonl.'))
  const names = [...old.sort(), 'audit.jsonl']
  return names.map((name) => join(folder, name)).filter((path) => existsSync(path))
}
