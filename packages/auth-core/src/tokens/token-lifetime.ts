import type { JWTPayload } from 'jose'

/** Used when neither answer nor token says how long it lives. */
const unknownSeconds = 300
/** Longer lives are cut to this, so that a revoked token does not stay for weeks. */
const maxSeconds = 24 * 60 * 60
/** Ten years. Beyond, it is not a duration: a date in place of one, or a mistake. */
const absurdSeconds = 10 * 365 * maxSeconds

/**
 * For how many whole seconds a token may be used, from `expires_in` (RFC 6749 5.1: a number; numeric strings
 * are common and accepted) and the token's own claims, the shorter of both, else 300; at most 24 h.
 *
 * @param claims of the token, where it is a JWT
 * @param now milliseconds since the Unix epoch
 * @returns `undefined` when `expires_in` is there and is no positive, believable number
 */
export function tokenLifetimeSeconds(
  expiresIn: unknown,
  claims: JWTPayload | undefined,
  now: number,
): number | undefined {
  if (expiresIn === undefined || expiresIn === null)
    return Math.min(statedSeconds(claims, now) ?? unknownSeconds, maxSeconds)
  const seconds = Math.floor(numeric(expiresIn))
  if (!(seconds > 0 && seconds <= absurdSeconds)) return undefined
  return Math.min(seconds, statedSeconds(claims, now) ?? seconds, maxSeconds)
}

/**
 * The longest life that answer or token speak of, in seconds: what somebody else may get out of the token,
 * whatever we use of it. `undefined` where neither says.
 */
export function statedLifetimeSeconds(
  expiresIn: unknown,
  { exp, iat }: JWTPayload = {},
  now: number,
): number | undefined {
  const since = typeof iat === 'number' ? iat : now / 1000
  const claimed = typeof exp === 'number' ? Math.floor(exp - since) : Number.NaN
  const lives = [numeric(expiresIn), claimed].filter((seconds) => !Number.isNaN(seconds))
  return lives.length === 0 ? undefined : Math.max(...lives)
}

function numeric(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
}

/**
 * The shorter of what is left by our clock and the whole life by the issuer's: a clock ten minutes off
 * can make us ask too early, never use the token too long.
 */
function statedSeconds(claims: JWTPayload | undefined, now: number): number | undefined {
  const { exp, iat } = claims ?? {}
  if (typeof exp !== 'number') return undefined
  const left = Math.floor(exp - now / 1000)
  const whole = typeof iat === 'number' ? Math.floor(exp - iat) : left
  const seconds = Math.min(left, whole)
  return seconds > 0 ? seconds : undefined
}
