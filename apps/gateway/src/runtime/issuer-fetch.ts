import { readFile } from 'node:fs/promises'
import type { Fetch } from '@countersign/auth-core'
import type { IssuerConfig } from '../config/loaded-config.ts'
import { createFetch } from '../fetch.ts'

/**
 * The way to an issuer's keys: behind its own authorities (`ca`), and with the token that it asks for
 * (`token_file`). Both files are read for every request, of which there is one in ten minutes: whatever a
 * rotation or a link that was swapped has put there is used, and nothing has to be watched.
 */
export function createIssuerFetch({
  ca,
  tokenFile,
  timeouts,
}: Pick<IssuerConfig, 'ca' | 'tokenFile' | 'timeouts'>): Fetch {
  const plain = createFetch(timeouts)
  let trusted: { readonly pem: string; readonly fetch: Fetch } | undefined

  async function behindOwnAuthorities(file: string): Promise<Fetch> {
    const pem = await readFile(file, 'utf8')
    if (trusted?.pem !== pem) trusted = { pem, fetch: createFetch(timeouts, { ca: pem }) }
    return trusted.fetch
  }

  return async function issuerFetch(url, init) {
    const fetch = ca === undefined ? plain : await behindOwnAuthorities(ca)
    if (tokenFile === undefined) return fetch(url, init)
    const token = (await readFile(tokenFile, 'utf8')).trim()
    return fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })
  }
}
