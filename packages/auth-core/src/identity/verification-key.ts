import { KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { quoted } from './quoted.ts'
import { rsaWeakness } from './rsa-weakness.ts'
import { type SignatureAlgorithm, signatureAlgorithms } from './signature-algorithm.ts'
import { createSignatureCheck, type SignatureCheck } from './signature-check.ts'
import { isJsonObject, type Json, type JsonObject } from './strict-json.ts'

/** A public key of an issuer, imported and fit to verify signatures with. */
export interface VerificationKey {
  /** What the key is and may be used for: equal for the same entry of two versions of a key set. */
  readonly id: string
  readonly kid: string | undefined
  /** What verifies with it, for each algorithm that the entry, its type and the issuer allow. Never empty. */
  readonly checks: ReadonlyMap<SignatureAlgorithm, SignatureCheck>
}

/** An entry of a key set that is left out, in words for the operator. */
export interface IgnoredKey {
  readonly ignored: string
}

/**
 * Makes a verification key of an entry of a key set (RFC 7517 4), or says why the entry is left out.
 *
 * Left out are entries that are not for verifying (`use` other than `sig`, `key_ops` without `verify`),
 * symmetric and unknown types, weak RSA keys, points off their curve, keys whose private half stands beside
 * them, and keys that fit none of `algorithms`. Only the public members are imported.
 */
export async function importVerificationKey(
  entry: Json,
  algorithms: readonly SignatureAlgorithm[],
): Promise<VerificationKey | IgnoredKey> {
  if (!isJsonObject(entry)) return { ignored: 'an entry that is not an object' }
  const name = typeof entry.kid === 'string' ? `key ${quoted(entry.kid)}` : 'a key without id'
  const flaw = flawOf(entry)
  if (flaw !== undefined) return { ignored: `${name}: ${flaw}` }
  const fitting = algorithms.filter((algorithm) => fits(entry, algorithm))
  if (fitting.length === 0) return { ignored: `${name}: fits none of the algorithms allowed` }
  try {
    return await importPublicKey(entry, fitting)
  } catch {
    // The cause may quote the entry; that it cannot be imported says enough.
    return { ignored: `${name}: cannot be imported` }
  }
}

async function importPublicKey(
  entry: JsonObject,
  algorithms: readonly SignatureAlgorithm[],
): Promise<VerificationKey> {
  const jwk = publicMembers(entry)
  const checks = new Map<SignatureAlgorithm, SignatureCheck>()
  for (const algorithm of algorithms) {
    const key = await importJWK(jwk, algorithm)
    if (!(key instanceof Uint8Array))
      checks.set(algorithm, createSignatureCheck(algorithm, KeyObject.from(key)))
  }
  const kid = textOf(entry, 'kid')
  const id = JSON.stringify([await calculateJwkThumbprint(jwk), kid ?? null, [...checks.keys()]])
  return { id, kid, checks }
}

/** Why this entry must not verify anything, whatever its algorithm. */
function flawOf(entry: JsonObject): string | undefined {
  const { kid, use, key_ops: operations, kty, n, e } = entry
  if (kid !== undefined && typeof kid !== 'string') return 'its kid is not a string'
  if (use !== undefined && use !== 'sig') return 'it is not for signatures'
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return 'it is not for verifying'
  }
  if ('d' in entry || 'k' in entry) return 'it is secret or has its private half beside it'
  if (kty !== 'RSA') return undefined
  if (typeof n !== 'string' || typeof e !== 'string') return 'it has no modulus or no exponent'
  return rsaWeakness(n, e)
}

function fits(entry: JsonObject, algorithm: SignatureAlgorithm): boolean {
  const { kty, crv, alg } = entry
  const shape = signatureAlgorithms[algorithm]
  return (
    kty === shape.kty &&
    (shape.crv === undefined || crv === shape.crv) &&
    (alg === undefined || alg === algorithm)
  )
}

/** The members that make up the key (RFC 7638 3.2), and nothing that could restrict or extend it. */
function publicMembers(entry: JsonObject): JWK {
  const jwk: JWK = {}
  for (const member of ['kty', 'crv', 'x', 'y', 'n', 'e'] as const) {
    const value = textOf(entry, member)
    if (value !== undefined) jwk[member] = value
  }
  return jwk
}

function textOf(entry: JsonObject, member: string): string | undefined {
  const value = entry[member]
  return typeof value === 'string' ? value : undefined
}
