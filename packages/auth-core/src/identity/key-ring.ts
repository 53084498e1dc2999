import type { Certificate } from './certificate.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'
import { isJsonObject, type Json, type JsonObject, parseStrictJson } from './strict-json.ts'
import { importVerificationKey, type VerificationKey } from './verification-key.ts'

/** One version of an issuer's key set: what was published, without what is of no use. */
export interface KeyRing {
  /**
   * The keys to try, in the order published, eight at most: those with this `kid`, or all that fit the
   * algorithm when the token names none. Several keys under one `kid` are no reason to fail.
   */
  candidates(algorithm: SignatureAlgorithm, kid: string | undefined): readonly VerificationKey[]
  /** Is the entry with this {@link VerificationKey.id}, or the authority with this thumbprint, among them? */
  holds(id: string): boolean
  /** Who vouches for certificates; of SPIFFE bundles only. */
  readonly authorities: readonly Certificate[]
  /** How many keys are usable, and why others are not. */
  readonly size: number
  readonly ignored: readonly string[]
  /** How long the issuer says that it may be used before it is asked for again. */
  readonly freshForSeconds: number | undefined
}

/** What a ring is made of. */
export type KeyRingParts = Pick<KeyRing, 'authorities' | 'ignored' | 'freshForSeconds'> & {
  readonly keys: readonly VerificationKey[]
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
  const keys: VerificationKey[] = []
  const ignored: string[] = []
  for (const entry of keySetEntries(text).entries) {
    const key = await importVerificationKey(entry, algorithms)
    if ('ignored' in key) ignored.push(key.ignored)
    else keys.push(key)
  }
  return createKeyRing({ keys, authorities: [], ignored, freshForSeconds: undefined })
}

/**
 * The document of a key set and its entries.
 *
 * @throws {SyntaxError} not strict JSON, no array `keys`, or more than 100 of them
 */
export function keySetEntries(text: string): {
  readonly document: JsonObject
  readonly entries: readonly Json[]
} {
  const document = parseStrictJson(text)
  if (!isJsonObject(document) || !Array.isArray(document.keys)) {
    throw new SyntaxError('the key set has no array "keys"')
  }
  if (document.keys.length > maxKeys) throw new SyntaxError(`the key set has more than ${maxKeys} keys`)
  return { document, entries: document.keys }
}

/** Puts what was read of a key set together. */
export function createKeyRing({ keys, ...parts }: KeyRingParts): KeyRing {
  const ids = new Set([...keys.map(({ id }) => id), ...parts.authorities.map(({ thumbprint }) => thumbprint)])
  return {
    ...parts,
    size: keys.length,
    holds: (id) => ids.has(id),
    candidates: (algorithm, kid) =>
      keys
        .filter((key) => (kid === undefined || key.kid === kid) && key.checks.has(algorithm))
        .slice(0, maxTries),
  }
}
