import { IdentityError } from './identity-error.ts'
import { jwtExpiry } from './jwt-expiry.ts'

/** A minute ahead of its end, or a fifth of its life where that is shorter, a token is replaced. */
const marginMs = 60_000
const marginShare = 0.2

interface Kept {
  readonly token: string
  readonly refreshAt: number
  readonly expiresAt: number
}

/**
 * Asks once, keeps the answer, asks again before it expires: the old token serves while the new one is under
 * way, and goes on serving until its end when none comes. Concurrent callers share one question.
 *
 * @param source what to call the source in an error
 * @throws {IdentityError} when nothing valid is held and the source fails; the failure is not kept
 */
export function keepUntilExpiry(source: string, obtain: () => Promise<string>): () => Promise<string> {
  let kept: Kept | undefined
  let flight: Promise<string> | undefined

  function refresh(): Promise<string> {
    flight ??= obtain()
      .then(keep, (cause: unknown) => {
        throw cause instanceof IdentityError ? cause : new IdentityError(`${source} failed`, { cause })
      })
      .finally(() => {
        flight = undefined
      })
    return flight
  }

  function keep(token: string): string {
    kept = keepable(token)
    return token
  }

  return async function token() {
    const now = Date.now()
    if (kept === undefined || now >= kept.expiresAt) return refresh()
    // Whoever waits for this one has a token that still serves; a failure is told once it no longer does.
    if (now >= kept.refreshAt) refresh().catch(() => undefined)
    return kept.token
  }
}

function keepable(token: string): Kept | undefined {
  const expiresAt = jwtExpiry(token)
  if (expiresAt === undefined) return undefined
  const margin = Math.min(marginMs, (expiresAt - Date.now()) * marginShare)
  return { token, expiresAt, refreshAt: expiresAt - margin }
}
