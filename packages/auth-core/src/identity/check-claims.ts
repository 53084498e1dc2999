import type { Certificate } from './certificate.ts'
import type { Issuer } from './issuer.ts'
import { refusal } from './refusal.ts'
import { isJsonObject, type Json, type JsonObject } from './strict-json.ts'

/** What the claims of a token establish once its signature is verified. */
export interface TokenClaims {
  readonly subject: string
  /** `exp` in milliseconds. */
  readonly expiresAt: number
  /** From when and until when the token is accepted, in milliseconds, the skew included. */
  readonly notBefore: number
  readonly notAfter: number
  /** The thumbprint of the certificate that the token is bound to (RFC 8705 3.1); `undefined`: to none. */
  readonly boundTo: string | undefined
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

/**
 * Members that only tokens of other kinds have: ID tokens (OpenID Connect Core 1.0 sections 2 and 3.3.2.11) and
 * statements about events (RFC 8417 2.2), logout tokens among them.
 */
const foreignMembers: readonly string[] = ['nonce', 'at_hash', 'c_hash', 'events']

/**
 * Judges the claims of an access token (RFC 7519, RFC 9068) in everything but the present moment, which
 * {@link checkTime} judges on every use. `iss` has already chosen the issuer.
 *
 * An audience among others is accepted, for that is what cluster and cloud issuers sign. A token bound to a
 * key (`cnf`, RFC 7800) is refused unless to a certificate, whose proof {@link checkBinding} asks for on every
 * use; an ID token, because it says who has logged in somewhere else and was not made to be presented.
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
  const foreign = foreignMembers.find((member) => member in claims)
  if (foreign !== undefined) throw refuse(`is an ID token or of another kind: it has ${foreign}`)
  const flaw = issuer.flawOf(claims, issuer.issuer)
  if (flaw !== undefined) throw refuse(flaw)
  return {
    subject: sub,
    expiresAt: exp * 1000,
    notBefore: Math.max(iat ?? 0, nbf ?? 0) * 1000 - issuer.skewMs,
    notAfter: exp * 1000 + issuer.skewMs,
    boundTo: boundCertificate(claims, issuer),
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

/**
 * Judges whether a bound token comes over the connection of its certificate, on a hit as on a miss.
 *
 * @throws {Fault} `identity.refused`
 */
export function checkBinding(
  { boundTo }: TokenClaims,
  issuer: Issuer,
  certificate: Pick<Certificate, 'thumbprint'> | undefined,
): void {
  if (boundTo === undefined || boundTo === certificate?.thumbprint) return
  const shown = certificate === undefined ? 'none was shown' : 'another one was shown'
  throw refusal(issuer.name, `is bound to a certificate, and ${shown}`)
}

/** Of the ways to bind a token, the one whose proof can be seen here: `x5t#S256`, and nothing beside it. */
function boundCertificate({ cnf }: JsonObject, issuer: Issuer): string | undefined {
  if (cnf === undefined) return undefined
  const [[member, thumbprint] = [], ...others] = isJsonObject(cnf) ? Object.entries(cnf) : []
  if (member === 'x5t#S256' && typeof thumbprint === 'string' && others.length === 0) return thumbprint
  throw refusal(issuer.name, 'is bound to a key whose proof is missing')
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
