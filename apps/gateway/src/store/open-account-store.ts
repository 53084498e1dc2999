import { readFileSync } from 'node:fs'
import { type ConsentedAccount, isJsonObject, parseStrictJson } from '@countersign/auth-core'
import type { StoreConfig, StoreKeys } from '../config/loaded-config.ts'
import type { AccountStore } from './account-store.ts'
import { seal, unseal } from './sealed-entry.ts'
import { StoreError } from './store-error.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

/** A store in one file of this machine. */
export interface FileAccountStore extends AccountStore {
  /** Seals every entry anew under other keys; the file is written only when that changes something. */
  rekey(keys: StoreKeys): Promise<void>
}

/**
 * Opens the store: reads the file, opens every entry, and seals anew those under a key that is not the active
 * one. A file that does not exist is an empty store.
 *
 * @throws {StoreError} when the file cannot be read or written, or an entry does not open
 */
export async function openAccountStore({ file, keys }: StoreConfig): Promise<FileAccountStore> {
  const accounts = new Map<string, ConsentedAccount>()
  let present = keys
  let isStale = false
  for (const [upstream, entry] of readEntries(file)) {
    const { account, kid } = await about(file, unseal(upstream, entry, keys))
    accounts.set(upstream, account)
    if (kid !== keys.active) isStale = true
  }

  let last: Promise<unknown> = Promise.resolve()
  /** One write after the other, each with everything that was put until it begins. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  async function write(contents: ReadonlyMap<string, ConsentedAccount>): Promise<void> {
    const entries: Record<string, string> = {}
    for (const [upstream, account] of contents) entries[upstream] = await seal(upstream, account, present)
    try {
      await writeFileAtomically(file, `${JSON.stringify({ version: 1, entries }, null, 2)}\n`)
    } catch (cause) {
      throw new StoreError(`the store ${file} cannot be written: ${String(cause)}`, cause)
    }
  }
  if (isStale) await write(accounts)

  return {
    get: (upstream) => accounts.get(upstream),
    put: (upstream, account, instead) =>
      enqueue(async () => {
        if (instead !== undefined && accounts.get(upstream) !== instead) return
        await write(new Map(accounts).set(upstream, account))
        accounts.set(upstream, account)
      }),
    rekey: (next) =>
      enqueue(async () => {
        const isSame = next.active === present.active && sameKey(next, present)
        present = next
        if (!isSame && accounts.size > 0) await write(accounts)
      }),
  }
}

function sameKey(a: StoreKeys, b: StoreKeys): boolean {
  return a.byId.get(a.active)?.reveal() === b.byId.get(b.active)?.reveal()
}

function readEntries(file: string): [string, string][] {
  const text = read(file)
  if (text === undefined) return []
  try {
    const document = parseStrictJson(text)
    if (isJsonObject(document) && document.version === 1 && isJsonObject(document.entries)) {
      return Object.entries(document.entries).map(([upstream, entry]) => [upstream, String(entry)])
    }
  } catch {
    // Said below: what is in the file is none of the log's business.
  }
  throw new StoreError(`the store ${file} is not a file that a gateway has written`)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StoreError(`the store ${file} cannot be read: ${String(cause)}`, cause)
  }
}

async function about<Result>(file: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw error instanceof StoreError ? new StoreError(`the store ${file}: ${error.message}`) : error
  }
}
