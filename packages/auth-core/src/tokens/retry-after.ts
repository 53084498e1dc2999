/** Five minutes: an endpoint may ask for patience, not for an outage. */
const maxSeconds = 300

/**
 * A `Retry-After` field (RFC 9110 10.2.3), seconds or date, as whole seconds from now, at most 300.
 * `undefined` when there is none, it is not one, or its date has passed.
 *
 * @param now milliseconds since the Unix epoch
 */
export function retryAfterSeconds(field: string | null, now: number): number | undefined {
  if (field === null) return undefined
  const seconds = /^\d+$/.test(field) ? Number(field) : Math.ceil((Date.parse(field) - now) / 1000)
  return seconds > 0 ? Math.min(seconds, maxSeconds) : undefined
}
