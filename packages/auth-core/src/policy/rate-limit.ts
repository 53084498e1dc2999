/** The `limit` of a rule: so many calls in each window, counted by service and rule. */
export interface RateLimit {
  readonly calls: number
  readonly windowSeconds: number
  /** As it stands in the configuration: `60/minute`. */
  readonly source: string
}

/** What a limiter says of one more call. */
export interface RateState {
  readonly allowed: boolean
  readonly remaining: number
  /** Seconds until the window ends. */
  readonly resetSeconds: number
}

/** Counts calls. In memory for one gateway, or in a store for several. */
export interface RateLimiter {
  /** Counts one call against the limit. @param key service and rule */
  take(key: readonly [service: string, rule: string], limit: RateLimit): RateState | Promise<RateState>
}

const windows: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
])

/** Parses `60/minute`. @returns `undefined` for anything else; a limit of nothing is not a limit */
export function parseRateLimit(source: string): RateLimit | undefined {
  const [, digits, unit] = /^([1-9]\d{0,8})\/(second|minute|hour|day)$/.exec(source) ?? []
  const windowSeconds = windows.get(unit ?? '')
  return windowSeconds === undefined ? undefined : { calls: Number(digits), windowSeconds, source }
}
