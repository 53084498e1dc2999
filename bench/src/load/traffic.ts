/** One request as a caller sends it. */
export interface TrafficRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token: string
  /** Length of the body; 0 sends none. */
  readonly bodyBytes: number
}

/** Requests that are sent one after the other, over and over. */
export interface Traffic {
  readonly requests: readonly TrafficRequest[]
  /** Where the next load begins: one that began at the first request again would meet remembered tokens. */
  next: number
  /** Share of them that is refused on purpose; anything else than 2xx beyond that fails the run. */
  readonly refusedShare: number
  readonly connections: number
}

/** What came of a load. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Answers other than 2xx, and connections that broke. */
  readonly failures: number
  /** Latency in milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Moves on behind what a load has sent, answered or not. */
export function advance(traffic: Traffic, { requests }: LoadResult): void {
  traffic.next = (traffic.next + requests + traffic.connections) % traffic.requests.length
}

/** The header fields of a request, framing left out. */
export function fieldsOf({ token }: TrafficRequest): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'countersign-bench',
    authorization: `Bearer ${token}`,
  }
}

/**
 * Judges whether a load went as it should have: a subject that refuses or breaks is fast.
 *
 * @throws {Error} when it did not
 */
export function assertSound({ requests, failures }: LoadResult, { refusedShare }: Traffic): void {
  const share = requests === 0 ? 1 : failures / requests
  if (Math.abs(share - refusedShare) <= 0.01) return
  throw new Error(`${failures} of ${requests} requests failed, where ${refusedShare * 100} % were to`)
}
