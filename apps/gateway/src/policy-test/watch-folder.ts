import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stamp } from '../config/disk.ts'

/** Calls back after any YAML file below a folder, or beside a file, has changed. Runs until the process ends. */
export function watchFolder(path: string, onChange: () => void): void {
  let seen = lookAt(path)
  setInterval(() => {
    const now = lookAt(path)
    if (now === seen) return
    seen = now
    onChange()
  }, 300)
}

function lookAt(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const folder = isFolder ? path : dirname(path)
  return readdirSync(folder, { recursive: isFolder, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => `${name} ${stamp(join(folder, name))}`)
    .join('\n')
}
