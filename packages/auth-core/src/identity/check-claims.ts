import type { Issuer } from './issuer.ts'
import { refusal } from './refusal.ts'
import type { Json, JsonObject } from './strict-json.ts'

/** What the claims of a token establish once its signature is verified. */
export interface TokenClaims {
  readonly subject: string
  /** `exp` in milliseconds. */
  readonly expiresAt: number
  /** From when and until when the token is accepted, in milliseconds, the skew included. */
  readonly notBefore: number
  readonly notAfter: number
}

/** What the claims are judged against. */
export interface ClaimsContext {
  readonly issuer: Issuer
  /** The gateway's own name; `aud` must contain exactly this. */
  readonly audience: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** 31 December 9999, the last date that every library can represent (RFC 3339). */
const lastSecond = 253_402_300_799

/** Members that only an ID token has (OpenID Connect Core 1.0 sections 2 and 3.3.2.11). */
const idTokenMembers = ['nonce', 'at_hash', 'c_hash'] as const

/**
 * Judges the claims of an access token (RFC 7519, RFC 9068) in everything but the present moment, which
 * {@link checkTime} judges on every use. `iss` has already chosen the issuer.
 *
 * An audience among others is accepted, for that is what cluster and cloud issuers sign. A token bound to a
 * key (`cnf`, RFC 7800) is refused because here it comes without the proof; an ID token, because it says who
 * has logged in somewhere else and was not made to be presented.
 *
 * @throws {Fault} `identity.refused`
 */
export function checkClaims(claims: JsonObject, { issuer, audience, now }: ClaimsContext): TokenClaims {
  const { sub, aud, exp, nbf, iat } = claims
  const refuse = (reason: string) => refusal(issuer.name, reason)
  if (typeof sub !== 'string' || sub === '') throw refuse('has no subject')
  if (!containsAudience(aud, audience)) throw refuse('is not for this audience')
  if (!isDate(exp)) throw refuse('has no usable exp')
  if (iat !== undefined && !isDate(iat)) throw refuse('has an iat that is not a date')
  if (nbf !== undefined && !isDate(nbf)) throw refuse('has an nbf that is not a date')
  if (exp - (iat ?? (now + issuer.skewMs) / 1000) > issuer.maxLifetimeSeconds) {
    throw refuse(`lives longer than ${issuer.maxLifetimeSeconds} seconds`)
  }
  if ('cnf' in claims) throw refuse('is bound to a key whose proof is missing')
  if (idTokenMembers.some((member) => member in claims)) throw refuse('is an ID token')
  return {
    subject: sub,
    expiresAt: exp * 1000,
    notBefore: Math.max(iat ?? 0, nbf ?? 0) * 1000 - issuer.skewMs,
    notAfter: exp * 1000 + issuer.skewMs,
  }
}

/**
 * Judges the present moment, on a hit of the cache as on a miss.
 *
 * @throws {Fault} `identity.expired`, `identity.refused` when the token is not valid yet
 */
export function checkTime({ notBefore, notAfter }: TokenClaims, issuer: Issuer, now: number): void {
  if (now >= notAfter) throw refusal(issuer.name, 'has expired', 'identity.expired')
  if (now < notBefore) throw refusal(issuer.name, 'is not valid yet')
}

/** One string or a list of strings (RFC 7519 4.1.3), compared to the byte. */
function containsAudience(aud: Json | undefined, audience: string): boolean {
  if (!Array.isArray(aud)) return aud === audience
  return aud.every((member) => typeof member === 'string') && aud.includes(audience)
}

/** Whole seconds since the Unix epoch. RFC 7519 lets a fraction pass; no issuer needs one. */
function isDate(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= lastSecond
}
