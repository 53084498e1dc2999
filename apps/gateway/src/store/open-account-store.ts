import { readFileSync, statSync } from 'node:fs'
import { type ConsentedAccount, isJsonObject, parseStrictJson } from '@countersign/auth-core'
import type { StoreConfig, StoreKeys } from '../config/loaded-config.ts'
import type { AccountStore } from './account-store.ts'
import { seal, unseal } from './sealed-entry.ts'
import { StoreError } from './store-error.ts'
import { withFileLock } from './with-file-lock.ts'
import { fileBehind, writeFileAtomically } from './write-file-atomically.ts'

/** A store in one file of this machine. */
export interface FileAccountStore extends AccountStore {
  /** Seals every entry anew under other keys; the file is written only when that changes something. */
  rekey(keys: StoreKeys): Promise<void>
}

/**
 * Opens the store: reads the file, opens every entry, and seals anew those under a key that is not the active
 * one. A file that does not exist is an empty store. What another process puts into the file is taken in before
 * it is written again, one process after the other, and a file that does not open is not written over.
 *
 * @throws {StoreError} when the file cannot be read or written, or an entry does not open
 */
export async function openAccountStore({ file, keys }: StoreConfig): Promise<FileAccountStore> {
  let accounts: ReadonlyMap<string, ConsentedAccount> = new Map()
  let present = keys
  /** The file as it was last read or written. */
  let known: string | undefined
  /** An entry of the file is sealed under another key than the active one. */
  let isStale = false

  async function takeIn(): Promise<void> {
    const text = read(file)
    if (text === undefined || text === known) return
    const opened = await openEntries(file, text, present)
    accounts = new Map(opened.map(({ upstream, account }) => [upstream, account]))
    isStale = opened.some(({ kid }) => kid !== present.active)
    known = text
  }
  let last: Promise<unknown> = Promise.resolve()
  /** One write after the other, each with everything that was put until it begins. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  /** Writes what this makes of the file's content; nothing of `undefined`. No other process writes meanwhile. */
  async function change(make: () => ReadonlyMap<string, ConsentedAccount> | undefined): Promise<void> {
    try {
      const target = await fileBehind(file)
      await withFileLock(`${target}.lock`, async () => {
        await takeIn()
        const contents = make()
        if (contents === undefined) return
        const text = await sealEntries(contents, present)
        await writeFileAtomically(target, text)
        accounts = contents
        isStale = false
        known = text
      })
    } catch (cause) {
      if (cause instanceof StoreError) throw cause
      throw new StoreError(`the store ${file} cannot be written: ${String(cause)}`, cause)
    }
  }
  await takeIn()
  if (isStale) await change(() => accounts)

  return {
    get: (upstream) => accounts.get(upstream),
    assertWritable: () => enqueue(() => change(() => accounts)),
    put: (upstream, account, instead) =>
      enqueue(() =>
        change(() => {
          const isOvertaken = instead !== undefined && accounts.get(upstream) !== instead
          return isOvertaken ? undefined : new Map(accounts).set(upstream, account)
        }),
      ),
    rekey: (next) =>
      enqueue(async () => {
        // Until the file is written under it, whatever happens meanwhile.
        isStale ||= next.active !== present.active || !sameKey(next, present)
        present = next
        if (isStale && accounts.size > 0) await change(() => accounts)
      }),
  }
}

async function openEntries(file: string, text: string, keys: StoreKeys) {
  const opened = entriesOf(file, text).map(async ([upstream, entry]) => ({
    upstream,
    ...(await about(file, unseal(upstream, entry, keys))),
  }))
  return await Promise.all(opened)
}

async function sealEntries(
  accounts: ReadonlyMap<string, ConsentedAccount>,
  keys: StoreKeys,
): Promise<string> {
  const entries: Record<string, string> = {}
  for (const [upstream, account] of accounts) entries[upstream] = await seal(upstream, account, keys)
  return `${JSON.stringify({ version: 1, entries }, null, 2)}\n`
}

function sameKey(a: StoreKeys, b: StoreKeys): boolean {
  return a.byId.get(a.active)?.reveal() === b.byId.get(b.active)?.reveal()
}

function entriesOf(file: string, text: string): [string, string][] {
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
    // To read a pipe would hold the whole process up.
    if (statSync(file).isFile()) return readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StoreError(`the store ${file} cannot be read: ${String(cause)}`, cause)
  }
  throw new StoreError(`the store ${file} cannot be read: it is not a file`)
}

async function about<Result>(file: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw error instanceof StoreError ? new StoreError(`the store ${file}: ${error.message}`) : error
  }
}
