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
}

/**
 * Compares what was granted with what was asked (RFC 6749 3.3: an endpoint may grant less, and has to say so).
 * Only what was asked for can differ: without scopes in the request the endpoint's default is as asked.
 *
 * @param grantedScopes `undefined` where the endpoint did not say: then as asked (RFC 6749 5.1)
 * @param claims of the token, where it is a JWT
 * @returns `undefined` when there is no difference
 */
export function compareGrant(
  request: TokenRequest,
  grantedScopes: readonly string[] | undefined,
  claims: JWTPayload | undefined,
): GrantDifference | undefined {
  const comparable = request.scopes.length > 0 && grantedScopes !== undefined
  const missing = comparable ? without(request.scopes, grantedScopes) : []
  const surplus = comparable ? without(grantedScopes, request.scopes) : []
  const otherAudience = !isFor(request.audience, claims?.aud)
  if (missing.length === 0 && surplus.length === 0 && !otherAudience) return undefined
  return { missing, surplus, otherAudience }
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((scope) => !some.includes(scope))
}

function isFor(asked: string | undefined, granted: JWTPayload['aud']): boolean {
  if (asked === undefined || granted === undefined) return true
  return Array.isArray(granted) ? granted.includes(asked) : granted === asked
}
