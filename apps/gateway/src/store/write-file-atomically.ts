import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file as a whole: whoever reads it, now or after a crash at any moment, finds the old content or
 * the new. Readable by its owner alone.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.next`
  await rm(beside, { force: true })
  const file = await open(beside, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
