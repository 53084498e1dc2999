import { open, readlink, realpath, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** The file that a path leads to through symbolic links, also when there is none yet. */
export async function fileBehind(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const beyond = await readlink(path).catch(() => undefined)
  return beyond === undefined ? path : await fileBehind(resolve(await realpath(dirname(path)), beyond))
}

/**
 * Replaces a file as a whole: whoever reads it, now or after a crash at any moment, finds the old content or
 * the new. Readable by its owner alone. A symbolic link would be replaced, and not what it leads to.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.next`
  await rm(beside, { force: true })
  try {
    await writeFile(beside, text)
    await rename(beside, path)
  } catch (error) {
    // Half a file would take up what room there is on a full disk.
    await rm(beside, { force: true }).catch(() => {})
    throw error
  }
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function writeFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
