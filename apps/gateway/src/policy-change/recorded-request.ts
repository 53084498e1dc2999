import { releaseOperation } from '@countersign/auth-core'

/** What the record holds of a request that policy was asked about. */
export interface RecordedRequest {
  readonly requestId: string
  /** As in `2026-01-05T12:00:00.000Z`. */
  readonly time: string
  readonly issuer: string
  readonly subject: string
  /** `undefined` for a stranger. */
  readonly service: string | undefined
  readonly method: string
  /** As sent, without its query. */
  readonly path: string
  /** `undefined`: no operation was found. */
  readonly upstream: string | undefined
  readonly operation: string | undefined
  /** The scopes of a token that was handed out, or refused; `undefined` for a call. */
  readonly release: { readonly scopes: readonly string[] } | undefined
  /** What policy said. A call beyond its limit was allowed by policy. */
  readonly verdict: 'allow' | 'shadow' | 'deny'
}

/** Why a line holds no such request. `undecided`: it ended before policy was asked. */
export type Unjudged = 'torn' | 'other' | 'undecided'

/** Reads a line of the audit record; believes nothing of it but its form. */
export function parseRecordedRequest(text: string): RecordedRequest | Unjudged {
  const line = parseLine(text)
  if (line === undefined) return 'torn'
  if (line.kind !== 'close') return 'other'
  const { issuer, subject, method, path, upstream, operation } = line
  const verdict = verdictOf(line)
  if (!verdict || !isText(issuer) || !isText(subject) || !isText(method) || !isText(path)) return 'undecided'
  return {
    requestId: textOf(line.request_id) ?? '',
    time: textOf(line.time) ?? '',
    issuer,
    subject,
    service: textOf(line.service),
    method,
    path,
    upstream: textOf(upstream),
    operation: textOf(operation),
    release:
      operation === releaseOperation.name && path === releaseOperation.template
        ? { scopes: textsOf(line.scopes) }
        : undefined,
    verdict,
  }
}

/** What was refused for another reason than these says nothing about policy. */
const decided: ReadonlyMap<unknown, RecordedRequest['verdict']> = new Map([
  ['policy.refused', 'deny'],
  ['policy.rate-limited', 'allow'],
  ['route.unknown', 'deny'],
  ['route.method', 'deny'],
])

function verdictOf({ verdict, code }: Record<string, unknown>): RecordedRequest['verdict'] | undefined {
  return verdict === 'allow' || verdict === 'shadow' ? verdict : decided.get(code)
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null && !Array.isArray(line)
      ? (line as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isText) : []
}

function textOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}
