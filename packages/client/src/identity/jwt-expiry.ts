/**
 * The `exp` claim of a JWT in milliseconds since the Unix epoch; `undefined` where there is none to read.
 * Reads without verifying: the token is the workload's own, and all this decides is when to fetch the next.
 */
export function jwtExpiry(token: unknown): number | undefined {
  const payload = typeof token === 'string' ? token.split('.')[1] : undefined
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof claims === 'object' && claims !== null && 'exp' in claims && typeof claims.exp === 'number'
      ? claims.exp * 1000
      : undefined
  } catch {
    return undefined // opaque: it does not say when it ends
  }
}
