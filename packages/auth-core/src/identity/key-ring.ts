import type { SignatureAlgorithm } from './signature-algorithm.ts'
import { isJsonObject, parseStrictJson } from './strict-json.ts'
import { importVerificationKey, type VerificationKey } from './verification-key.ts'

/** One version of an issuer's key set: what was published, without what is of no use. */
export interface KeyRing {
  /**
   * The keys to try, in the order published, eight at most: those with this `kid`, or all that fit the
   * algorithm when the token names none. Several keys under one `kid` are no reason to fail.
   */
  candidates(algorithm: SignatureAlgorithm, kid: string | undefined): readonly VerificationKey[]
  /** Is the entry with this {@link VerificationKey.id} among them? */
  holds(id: string): boolean
  /** How many keys are usable, and why others are not. */
  readonly size: number
  readonly ignored: readonly string[]
}

/** No issuer needs more; each costs an import, and a token without `kid` may try several. */
const maxKeys = 100
const maxTries = 8

/**
 * Reads a JSON Web Key Set (RFC 7517 5). A set without usable keys is a valid answer, and means that no token
 * of this issuer verifies any more.
 *
 * @throws {SyntaxError} not strict JSON, no array `keys`, or more than 100 of them
 */
export async function parseKeyRing(
  text: string,
  algorithms: readonly SignatureAlgorithm[],
): Promise<KeyRing> {
  const document = parseStrictJson(text)
  const entries = isJsonObject(document) ? document.keys : undefined
  if (!Array.isArray(entries)) throw new SyntaxError('the key set has no array "keys"')
  if (entries.length > maxKeys) throw new SyntaxError(`the key set has more than ${maxKeys} keys`)
  const keys: VerificationKey[] = []
  const ignored: string[] = []
  for (const entry of entries) {
    const key = await importVerificationKey(entry, algorithms)
    if ('ignored' in key) ignored.push(key.ignored)
    else keys.push(key)
  }
  return ringOf(keys, ignored)
}

function ringOf(keys: readonly VerificationKey[], ignored: readonly string[]): KeyRing {
  const ids = new Set(keys.map((key) => key.id))
  return {
    size: keys.length,
    ignored,
    holds: (id) => ids.has(id),
    candidates: (algorithm, kid) =>
      keys
        .filter((key) => (kid === undefined || key.kid === kid) && key.imported.has(algorithm))
        .slice(0, maxTries),
  }
}
