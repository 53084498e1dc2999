import { type Issuer, normalizeType } from './issuer.ts'
import { quoted } from './quoted.ts'
import { refusal } from './refusal.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'
import type { JsonObject } from './strict-json.ts'

/** What a JOSE header says about how to verify the token. */
export interface TokenHeader {
  readonly algorithm: SignatureAlgorithm
  readonly kid: string | undefined
}

/**
 * Judges a JOSE header (RFC 7515 4). Keys and addresses of keys in it (`jwk`, `jku`, `x5c`, `x5u`) are not
 * looked at: a token does not get to say who may have signed it.
 *
 * @throws {Fault} `identity.refused` an algorithm or `typ` that is not configured, any `crit` or `b64`, a `kid`
 * that is not a string
 */
export function checkHeader(header: JsonObject, issuer: Issuer): TokenHeader {
  const { alg, kid, typ } = header
  const algorithm = issuer.algorithms.find((allowed) => allowed === alg)
  if (algorithm === undefined)
    throw refusal(issuer.name, 'is signed with an algorithm that is not configured')
  // No extension is understood here, and one that is not understood must be refused (RFC 7515 4.1.11).
  if ('crit' in header || 'b64' in header) throw refusal(issuer.name, 'asks for an extension of JWS')
  if (kid !== undefined && typeof kid !== 'string')
    throw refusal(issuer.name, 'has a kid that is not a string')
  if (typ !== undefined && typeof typ !== 'string')
    throw refusal(issuer.name, 'has a typ that is not a string')
  if (!issuer.types.has(typ === undefined ? null : normalizeType(typ))) {
    throw refusal(issuer.name, `is of a type that is not configured: ${quoted(typ ?? 'none')}`)
  }
  return { algorithm, kid }
}
