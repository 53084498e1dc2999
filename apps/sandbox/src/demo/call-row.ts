import type { AuditLine } from './audit-lines.ts'

/** One call as a person or a script sees it: what the client got, joined with what the gateway recorded. */
export interface CallRow {
  /** Who called, known to the gateway or not. */
  readonly service: string
  readonly upstream: string
  readonly operation: string | null
  readonly verdict: AuditLine['verdict']
  /** The upstream's, or the gateway's own where it refused. */
  readonly status: number
  /** Fingerprint of the upstream token, or of the credential that went in its place; `null` when none was needed. */
  readonly token: string | null
  /** Where that came from. */
  readonly origin: NonNullable<AuditLine['token_source']> | null
  /** Whether that token was held already. */
  readonly cached: boolean
  /** Until the head of the answer was there, as the caller measured it. */
  readonly ms: number
  /** The rule that allowed it, or the code of the gateway's refusal. */
  readonly reason: string
  /** How often the upstream was asked. */
  readonly attempts: number
  /** What the upstream token may do, as it was asked for; empty where the upstream has no scopes. */
  readonly scopes: string
}

/** What a call should come to. */
export type ExpectedRow = Pick<CallRow, 'operation' | 'verdict' | 'status'> &
  Partial<Pick<CallRow, 'reason' | 'cached' | 'attempts' | 'scopes'>>

/** Where a row is not as expected, one sentence each. */
export function differences(row: CallRow, expected: ExpectedRow): string[] {
  const wanted = new Map<string, unknown>(Object.entries(expected))
  return Object.entries(row)
    .filter(([name, value]) => wanted.has(name) && wanted.get(name) !== value)
    .map(([name, value]) => `${name} is ${value}, expected ${wanted.get(name)}`)
}
