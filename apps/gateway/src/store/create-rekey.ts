import type { Logger } from 'pino'
import type { StoreKeys } from '../config/loaded-config.ts'
import type { FileAccountStore } from './open-account-store.ts'

/** Milliseconds until a store that could not be written under its new key is tried again. */
const pauseMs = 10_000

/**
 * Seals the store under the keys of each configuration. Where it cannot be written it is tried again until it can,
 * or other keys come: whoever has made a key active relies on it, and removes the old one.
 */
export function createRekey(store: FileAccountStore, log: Logger): (keys: StoreKeys) => void {
  let latest: StoreKeys | undefined
  async function attempt(keys: StoreKeys, hasFailed: boolean): Promise<void> {
    if (keys !== latest) return
    try {
      await store.rekey(keys)
      if (hasFailed) log.warn('the store is written under its new key')
    } catch (error) {
      log.error({ error: String(error) }, 'the store cannot be written under its new key: keep the old one')
      setTimeout(() => void attempt(keys, true), pauseMs).unref()
    }
  }
  return (keys) => {
    latest = keys
    void attempt(keys, false)
  }
}
