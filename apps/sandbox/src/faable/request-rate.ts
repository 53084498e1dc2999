/** Counts requests by client within a time that moves along. */
export interface RequestRate {
  /** Takes one request. @returns seconds to wait until there is room; 0: it was admitted */
  take(client: string): number
  clear(): void
}

/** `null`: everything is admitted. */
export function createRequestRate(
  limit: { readonly requests: number; readonly seconds: number } | null,
  clock: { now(): number },
): RequestRate {
  const taken = new Map<string, readonly number[]>()
  return {
    take(client) {
      if (limit === null) return 0
      const now = clock.now()
      const recent = (taken.get(client) ?? []).filter((time) => time > now - limit.seconds * 1000)
      const [oldest] = recent
      const isFull = oldest !== undefined && recent.length >= limit.requests
      taken.set(client, isFull ? recent : [...recent, now])
      return isFull ? Math.max(1, Math.ceil((oldest + limit.seconds * 1000 - now) / 1000)) : 0
    },
    clear: () => taken.clear(),
  }
}
