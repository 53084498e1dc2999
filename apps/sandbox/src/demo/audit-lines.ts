/** What the demo reads of a `close` line of the gateway's record. */
export interface AuditLine {
  readonly kind: 'open' | 'close'
  readonly request_id: string
  readonly service?: string
  readonly upstream?: string
  readonly operation?: string
  readonly verdict: 'allow' | 'shadow' | 'deny' | 'none'
  readonly rule?: string
  readonly code?: string
  readonly status: number
  /** Fingerprint, never the token. */
  readonly token?: string
  /** `configured`: no token, but the credential of the configuration itself. */
  readonly token_source?: 'cache' | 'shared' | 'endpoint' | 'configured'
  readonly attempts?: number
  /** What the token was asked for with. */
  readonly scopes?: readonly string[]
}

/** The gateway's record as it is written, asked by request id. */
export interface AuditLines {
  /** Takes one line of the gateway's standard output. */
  take(line: string): void
  /** The `close` line of a request. @throws {Error} when none was written within 5 s */
  closeOf(requestId: string): Promise<AuditLine>
}

const withinMs = 5_000

/** Joins answers and record: a line may be read before or after the answer that it belongs to. */
export function createAuditLines(): AuditLines {
  const slots = new Map<string, PromiseWithResolvers<AuditLine>>()
  function slotOf(requestId: string): PromiseWithResolvers<AuditLine> {
    const slot = slots.get(requestId) ?? Promise.withResolvers<AuditLine>()
    slots.set(requestId, slot)
    return slot
  }
  return {
    take(text) {
      const line: AuditLine = JSON.parse(text)
      if (line.kind === 'close') slotOf(line.request_id).resolve(line)
    },
    async closeOf(requestId) {
      const { promise, reject } = slotOf(requestId)
      const late = new Error(`the gateway wrote no audit line for request ${requestId}`)
      const timer = setTimeout(() => reject(late), withinMs)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        slots.delete(requestId)
      }
    },
  }
}
