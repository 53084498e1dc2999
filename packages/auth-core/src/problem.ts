import type { FaultCode, Owner } from './fault.ts'

/**
 * The body of an answer that the gateway gives itself (RFC 9457 `application/problem+json`).
 *
 * `code` and `owner` are open strings here: a client may be older than its gateway, and a code it does not
 * know is a fault of the gateway all the same.
 */
export interface Problem {
  /** `urn:countersign:fault:` and the code; the mark by which a client tells it from an upstream's problem. */
  readonly type: string
  /** The public sentence of the code, the same for every occurrence. */
  readonly title: string
  /** The HTTP status, once more (RFC 9457 3.1.2). */
  readonly status: number
  /** What is particular to this occurrence. */
  readonly detail: string
  readonly instance?: string
  readonly code: FaultCode | (string & {})
  /** Who has to act for the fault to go away. */
  readonly owner: Owner
  readonly request_id: string
}

/** The problem `type` of a code: an identifier, not an address (RFC 9457 3.1.1). */
export function faultType(code: string): string {
  return `urn:countersign:fault:${code}`
}
