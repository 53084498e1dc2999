import { decodeJwt, type JWTPayload } from 'jose'
import { processClientCredentialsResponse } from 'oauth4webapi'
import { Fault } from '../fault.ts'
import { compareGrant, type GrantDifference } from './compare-grant.ts'
import { createUpstreamToken } from './create-upstream-token.ts'
import type { OwnCertificate } from './credential.ts'
import type { Asking } from './request-token.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { accessTokenType } from './token-grant.ts'
import { statedLifetimeSeconds, tokenLifetimeSeconds } from './token-lifetime.ts'
import type { UpstreamToken } from './upstream-token.ts'

/** What was asked, and when. Times in milliseconds since the Unix epoch. */
export interface Asked extends Asking {
  readonly endpoint: Pick<TokenEndpoint, 'certificateBound' | 'maxLifetimeSeconds'>
  /** Life counts from here: the token cannot have been made earlier, whatever the way back took. */
  readonly sentAt: number
  readonly answeredAt: number
}

/** A token that may be used, and how it differs from what was asked, if it does. */
export interface Judged {
  readonly token: UpstreamToken
  readonly difference: GrantDifference | undefined
}

/**
 * Judges the body of a successful answer: RFC 6749 5.1 by oauth4webapi, and what it leaves open by us: a
 * bearer token that fits into a header field, a life that can be believed, scopes that are scopes, a binding to
 * a certificate that we have. In an exchange it must be an access token (RFC 8693 2.2.1), and does not outlive
 * the subject token.
 *
 * @throws {Fault} `mint.invalid-response`; its detail quotes nothing of the body
 */
export async function judgeToken(body: Readonly<Record<string, unknown>>, asked: Asked): Promise<Judged> {
  const { request, subject, endpoint, sentAt, answeredAt: obtainedAt } = asked
  const value = bearerToken(await conforming(body, asked.credential.clientId))
  if (subject !== undefined && body.issued_token_type !== accessTokenType) {
    throw unusable('issued_token_type is not that of an access token')
  }
  const claims = claimsOf(value)
  const seconds = tokenLifetimeSeconds(body.expires_in, claims, sentAt)
  if (seconds === undefined) throw unusable('expires_in is not a positive, believable number of seconds')
  const { maxLifetimeSeconds: wanted = Number.POSITIVE_INFINITY } = endpoint
  const lifeEnd = sentAt + Math.min(seconds, wanted) * 1000
  const expiresAt = Math.min(lifeEnd, subject?.expiresAt ?? lifeEnd)
  if (expiresAt <= obtainedAt) throw unusable('the token expired before it arrived')
  const grantedScopes = scopesOf(body.scope)
  const certificate = boundTo(claims, asked)
  const statedSeconds = statedLifetimeSeconds(body.expires_in, claims, sentAt)
  const difference = compareGrant(request, { scopes: grantedScopes, claims, longLived: seconds > wanted })
  const facts = { value, obtainedAt, expiresAt, grantedScopes, statedSeconds, difference, certificate }
  return { token: await createUpstreamToken(facts), difference }
}

/** The certificate that the token wants to be shown with (RFC 8705 3.1), or none. */
function boundTo(claims: JWTPayload | undefined, asked: Asked): OwnCertificate | undefined {
  const { certificate } = asked.credential
  const { cnf } = claims ?? {}
  if (cnf === undefined) return asked.endpoint.certificateBound ? certificate : undefined
  const thumbprint =
    typeof cnf === 'object' && cnf !== null && 'x5t#S256' in cnf ? cnf['x5t#S256'] : undefined
  if (certificate !== undefined && thumbprint === certificate.thumbprint) return certificate
  throw unusable('the token is bound to a key that the gateway does not show')
}

interface Conforming {
  readonly access_token: string
  readonly token_type: string
}

/**
 * Only three members are shown to oauth4webapi: the life is ours to read (it would take `3600 apples`), and
 * an ID token in the answer is none of our business. Its errors hold the body and are not kept as cause.
 */
async function conforming(
  body: Readonly<Record<string, unknown>>,
  clientId = 'unnamed',
): Promise<Conforming> {
  const { access_token, token_type, scope } = body
  if (typeof access_token !== 'string') throw unusable('access_token is missing or not a string')
  if (typeof token_type !== 'string') throw unusable('token_type is missing or not a string')
  if (typeof scope !== 'string' && scope !== undefined && scope !== null) throw unusable('scope is no string')
  const answer = Response.json({ access_token, token_type, ...(scope ? { scope } : {}) })
  try {
    return await processClientCredentialsResponse({ issuer: 'unused' }, { client_id: clientId }, answer)
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : 'it does not follow RFC 6749')
  }
}

/** Visible ASCII, as RFC 6749 A.12 without the space: no line break or blank can split a header field. */
function bearerToken(answer: Conforming): string {
  if (answer.token_type.toLowerCase() !== 'bearer') throw unusable('token_type is not Bearer')
  if (!/^[\x21-\x7e]{1,16384}$/.test(answer.access_token)) {
    throw unusable('access_token is longer than 16 KiB or has characters other than visible ASCII')
  }
  return answer.access_token
}

/** Read, not verified: they are about us, and only ever shorten a life or raise a warning. */
function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined // opaque, as RFC 6749 1.4 allows
  }
}

/** Sorted, without repetition (RFC 6749 3.3); what is no scope would be a guest in logs and metrics. */
function scopesOf(scope: unknown): readonly string[] | undefined {
  if (typeof scope !== 'string') return undefined
  const scopes = scope.split(' ').filter((part) => part !== '')
  if (!scopes.every((part) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(part))) throw unusable('scope is malformed')
  return Object.freeze([...new Set(scopes)].sort())
}

function unusable(why: string): Fault {
  return new Fault('mint.invalid-response', { detail: `the token endpoint's answer cannot be used: ${why}` })
}
