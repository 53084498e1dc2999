import type { JWTPayload } from 'jose'
import type { TokenRequest } from '../policy/grant.ts'

/** In what way a token is not the one that was asked for. */
export interface GrantDifference {
  /** Asked for, not granted. */
  readonly missing: readonly string[]
  /** Granted, not asked for. */
  readonly surplus: readonly string[]
  /** The token is a JWT for somebody else. */
  readonly otherAudience: boolean
  /** The token is a JWT for others as well. */
  readonly furtherAudience: boolean
  /** It lives longer than is wanted; it is not used that long. */
  readonly longLived: boolean
}

/** What was granted, as far as the endpoint and the token say. */
export interface Granted {
  /** `undefined` where the endpoint did not say: then as asked (RFC 6749 5.1). */
  readonly scopes: readonly string[] | undefined
  /** Of the token, where it is a JWT. */
  readonly claims: JWTPayload | undefined
  readonly longLived: boolean
}

/**
 * Compares what was granted with what was asked (RFC 6749 3.3: an endpoint may grant less, and has to say so).
 * Only what was asked for can differ: without scopes in the request the endpoint's default is as asked, and a
 * resource (RFC 8707 2) may become an audience of another name.
 *
 * @returns `undefined` when there is no difference
 */
export function compareGrant(
  request: TokenRequest,
  { scopes, claims, longLived }: Granted,
): GrantDifference | undefined {
  const comparable = request.scopes.length > 0 && scopes !== undefined
  const missing = comparable ? without(request.scopes, scopes) : []
  const surplus = comparable ? without(scopes, request.scopes) : []
  const audiences = request.audience === undefined ? [] : [claims?.aud ?? []].flat()
  const otherAudience = audiences.length > 0 && !audiences.some((one) => one === request.audience)
  const furtherAudience = !otherAudience && audiences.some((one) => !isAskedFor(one, request))
  const differs = missing.length > 0 || surplus.length > 0 || otherAudience || furtherAudience || longLived
  return differs ? { missing, surplus, otherAudience, furtherAudience, longLived } : undefined
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((scope) => !some.includes(scope))
}

function isAskedFor(audience: string, { audience: asked, resource }: TokenRequest): boolean {
  return audience === asked || resource.includes(audience)
}
