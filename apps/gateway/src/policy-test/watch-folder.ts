import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stamp } from '../config/disk.ts'
import { isYaml } from '../config/find-files.ts'

/**
 * Calls back after any YAML file below a folder, or beside a file, has changed, also where the folder goes and comes
 * back, as when another branch is checked out. Runs until the process ends.
 */
export function watchFolder(path: string, onChange: () => void): void {
  let seen = lookAt(path)
  setInterval(() => {
    const now = lookAt(path)
    if (now === seen) return
    seen = now
    onChange()
  }, 300)
}

/** `undefined`: there is nothing to look at, or it went while it was being looked at. */
function lookAt(path: string): string | undefined {
  try {
    const isFolder = statSync(path).isDirectory()
    const folder = isFolder ? path : dirname(path)
    return readdirSync(folder, { recursive: isFolder, encoding: 'utf8' })
      .filter(isYaml)
      .sort()
      .map((name) => `${name} ${stamp(join(folder, name))}`)
      .join('\n')
  } catch {
    return undefined
  }
}
