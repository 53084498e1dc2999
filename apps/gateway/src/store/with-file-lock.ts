import { open } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds between two tries, and until there are no more. Whoever holds the lock writes one small file. */
const pauseMs = 20
const patienceMs = 10_000

/** SQLITE_BUSY. */
const busy = 5

/**
 * Does what no other process may do meanwhile. The lock is SQLite's on an empty file, since Node has none of its own:
 * the operating system holds it, so that it is gone with its process, however that ends. The file stays.
 *
 * Not between two callers in one process.
 *
 * @throws {Error} when there can be no such file, or another process does not let go of it for ten seconds
 */
export async function withFileLock(path: string, work: () => Promise<void>): Promise<void> {
  await create(path)
  const { DatabaseSync } = await import('node:sqlite')
  const lock = new DatabaseSync(path)
  try {
    await take(lock, path)
    await work()
  } finally {
    lock.close()
  }
}

/** For its owner alone: whoever can read it can lock it. */
async function create(path: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

async function take(lock: DatabaseSync, path: string): Promise<void> {
  const since = performance.now()
  for (;;) {
    try {
      // In memory: a journal on disk is for what is written, and that is nothing.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      return
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== busy) throw error
      if (performance.now() - since > patienceMs) throw new Error(`another process holds ${path}`)
    }
    await wait(pauseMs)
  }
}
