import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files as Kubernetes mounts a ConfigMap or a Secret: links into a folder that is replaced as a whole. */
export interface MountedVolume {
  /** Puts these in the place of those that are there. */
  swap(files: Readonly<Record<string, string>>): void
}

/**
 * Mounts files in a folder. `NAME` is a link to `..data/NAME`, and `..data` one to a folder of the present generation.
 * A change writes the next generation, puts its link in place by a rename, and removes the one before.
 */
export function mountVolume(folder: string, files: Readonly<Record<string, string>>): MountedVolume {
  let generation = 0
  function swap(next: Readonly<Record<string, string>>): void {
    generation += 1
    const present = `..generation_${generation}`
    mkdirSync(join(folder, present))
    for (const [name, content] of Object.entries(next)) writeFileSync(join(folder, present, name), content)
    symlinkSync(present, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, `..generation_${generation - 1}`), { recursive: true, force: true })
  }
  swap(files)
  for (const name of Object.keys(files)) {
    symlinkSync(join('..data', name), join(folder, `${name}.tmp`))
    renameSync(join(folder, `${name}.tmp`), join(folder, name))
  }
  return { swap }
}
