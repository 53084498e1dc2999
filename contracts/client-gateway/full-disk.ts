import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs'

/** Fills the disk of a file, as far as whoever writes to it can tell, and frees it again. */
export interface FullDisk {
  fill(): void
  free(): void
}

/** While the disk is full, the file is kept elsewhere, and its name leads to where there is never any space. */
export function fullDiskOf(file: string): FullDisk {
  const kept = `${file}.kept`
  return {
    fill() {
      renameSync(file, kept)
      symlinkSync('/dev/full', file)
    },
    free() {
      if (!existsSync(kept)) return
      rmSync(file)
      renameSync(kept, file)
    },
  }
}
