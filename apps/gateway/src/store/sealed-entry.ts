import { type ConsentedAccount, isJsonObject, parseStrictJson, Secret } from '@countersign/auth-core'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { StoreKeys } from '../config/loaded-config.ts'
import { StoreError } from './store-error.ts'

/**
 * An account as a JWE (RFC 7516, `dir` with `A256GCM`). The upstream's name stands in the protected header, so
 * that an entry cannot be put in another's place.
 */
export async function seal(upstream: string, account: ConsentedAccount, keys: StoreKeys): Promise<string> {
  const { token, origin, accountId, consentedAt, consentedBy, deadSince } = account
  const kept = { token: token.reveal(), origin, accountId, consentedAt, consentedBy, deadSince }
  const plain = JSON.stringify(kept)
  return await new CompactEncrypt(Buffer.from(plain))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keys.active, sub: upstream })
    .encrypt(keyNamed(keys.active, keys))
}

/**
 * The account that was sealed, and under which key.
 *
 * @throws {StoreError} when its key is not configured, is another one, or the entry was tampered with
 */
export async function unseal(
  upstream: string,
  entry: string,
  keys: StoreKeys,
): Promise<{ account: ConsentedAccount; kid: string }> {
  const { kid = '', sub } = headerOf(upstream, entry)
  if (sub !== upstream) throw new StoreError(`the entry of ${upstream} is the entry of another upstream`)
  const key = keyNamed(kid, keys)
  const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  try {
    const { plaintext } = await compactDecrypt(entry, key, options)
    return { account: accountOf(Buffer.from(plaintext).toString('utf8')), kid }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    throw new StoreError(
      `the entry of ${upstream} does not open with the key "${kid}": gateway.store.keys has another key under that name, or the file was changed`,
    )
  }
}

function headerOf(upstream: string, entry: string): { kid?: string; sub?: unknown } {
  try {
    return decodeProtectedHeader(entry) as { kid?: string; sub?: unknown }
  } catch {
    throw new StoreError(`the entry of ${upstream} is not what a gateway writes`)
  }
}

function keyNamed(kid: string, keys: StoreKeys): Uint8Array {
  const key = keys.byId.get(kid)
  if (key !== undefined) return Buffer.from(key.reveal(), 'base64')
  const known = [...keys.byId.keys()].join(', ')
  throw new StoreError(`it was written with the key "${kid}", and gateway.store.keys has only: ${known}`)
}

function accountOf(text: string): ConsentedAccount {
  const found = parseStrictJson(text)
  if (isJsonObject(found) && typeof found.token === 'string' && typeof found.consentedAt === 'number') {
    const { token, origin, accountId, consentedAt, consentedBy, deadSince } = found
    const by = isJsonObject(consentedBy) ? consentedBy : {}
    return Object.freeze({
      token: new Secret(token),
      origin: typeof origin === 'string' ? origin : undefined,
      accountId: typeof accountId === 'string' ? accountId : undefined,
      consentedAt,
      consentedBy: { issuer: String(by.issuer ?? ''), subject: String(by.subject ?? '') },
      deadSince: typeof deadSince === 'number' ? deadSince : undefined,
    })
  }
  throw new StoreError('it holds an account that this version cannot read')
}
