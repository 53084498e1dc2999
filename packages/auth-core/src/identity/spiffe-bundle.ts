import { Buffer } from 'node:buffer'
import { type Certificate, readCertificate } from './certificate.ts'
import { createKeyRing, type KeyRing, keySetEntries } from './key-ring.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'
import { isJsonObject, type Json, type JsonObject } from './strict-json.ts'
import { type IgnoredKey, importVerificationKey, type VerificationKey } from './verification-key.ts'

/** Within what the publisher of a bundle may say how often it is asked for, in seconds. */
const shortestHint = 1
const longestHint = 3600

/**
 * Reads a SPIFFE bundle (SPIFFE Trust Domain and Bundle 4): keys for JWT-SVIDs (`use: jwt-svid`, with a `kid`)
 * and authorities of X.509-SVIDs (`use: x509-svid`, with one certificate in `x5c`). Entries without one of
 * these two uses are left out. No entries at all is a valid answer: everything is revoked.
 *
 * @throws {SyntaxError} not strict JSON, no array `keys`, or more than 100 of them
 */
export async function parseSpiffeBundle(
  text: string,
  algorithms: readonly SignatureAlgorithm[],
): Promise<KeyRing> {
  const { document, entries } = keySetEntries(text)
  const keys: VerificationKey[] = []
  const authorities: Certificate[] = []
  const ignored: string[] = []
  for (const entry of entries) {
    if (isJsonObject(entry) && entry.use === 'x509-svid') {
      const authority = readAuthority(entry)
      if ('ignored' in authority) ignored.push(authority.ignored)
      else authorities.push(authority)
    } else {
      const key = await importSvidKey(entry, algorithms)
      if ('ignored' in key) ignored.push(key.ignored)
      else keys.push(key)
    }
  }
  return createKeyRing({ keys, authorities, ignored, freshForSeconds: refreshHint(document) })
}

/** The library and RFC 7517 know `sig` only; the rules for what a key must be are the same. */
async function importSvidKey(
  entry: Json,
  algorithms: readonly SignatureAlgorithm[],
): Promise<VerificationKey | IgnoredKey> {
  if (!isJsonObject(entry) || entry.use !== 'jwt-svid') return { ignored: 'a key that is not for SVIDs' }
  if (typeof entry.kid !== 'string') return { ignored: 'a key for JWT-SVIDs without kid' }
  return importVerificationKey({ ...entry, use: 'sig' }, algorithms)
}

function readAuthority({ x5c }: JsonObject): Certificate | IgnoredKey {
  const [encoded, ...others] = Array.isArray(x5c) ? x5c : []
  if (typeof encoded !== 'string' || others.length > 0) {
    return { ignored: 'an authority of X.509-SVIDs that is not one certificate' }
  }
  try {
    return readCertificate(Buffer.from(encoded, 'base64'))
  } catch {
    return { ignored: 'an authority of X.509-SVIDs whose certificate cannot be read' }
  }
}

function refreshHint({ spiffe_refresh_hint: hint }: JsonObject): number | undefined {
  if (typeof hint !== 'number' || !(hint > 0)) return undefined
  return Math.min(Math.max(hint, shortestHint), longestHint)
}
