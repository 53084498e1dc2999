import type { UpstreamToken } from './upstream-token.ts'

/** Five seconds, or a tenth of a life too short for that: time for a call to reach the upstream. */
const marginMs = 5000
const marginShare = 0.1
const refreshShare = 0.8

/** May this token still be handed out? No longer when it ends in 5 s, or in the last tenth of a short life. */
export function isUsable(token: UpstreamToken, now: number): boolean {
  return now < token.expiresAt - Math.min(marginMs, marginShare * lifeMs(token))
}

/**
 * Has it lived 80 % of its life, so that the next one should be fetched while this one serves? Also one that was
 * obtained at a time to come: the clock was set back, and would take it for good beyond its end.
 */
export function isDueForRefresh(token: UpstreamToken, now: number): boolean {
  return now >= token.obtainedAt + refreshShare * lifeMs(token) || now < token.obtainedAt
}

function lifeMs(token: UpstreamToken): number {
  return token.expiresAt - token.obtainedAt
}
