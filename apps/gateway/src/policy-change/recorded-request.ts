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
  /** `undefined` for a call. */
  readonly release: RecordedRelease | undefined
  /** What policy said. A call beyond its limit was allowed by policy. */
  readonly verdict: 'allow' | 'shadow' | 'deny'
}

/** A token request. Of one that was refused the record holds neither the scopes asked for nor what it named as target. */
export interface RecordedRelease {
  /** Those of the token that was handed out; `undefined` where none was. */
  readonly scopes: readonly string[] | undefined
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
    release: isRelease(line) ? { scopes: textsOf(line.scopes) } : undefined,
    verdict,
  }
}

/** What names no target that there is has no operation either, and is told from a call to that path by its code. */
function isRelease({ path, operation, code }: Record<string, unknown>): boolean {
  if (path !== releaseOperation.template) return false
  return operation === releaseOperation.name || (operation === undefined && targetless.has(code))
}

const targetless: ReadonlySet<unknown> = new Set(['exchange.target', 'policy.refused'])

/** What was refused for another reason than these says nothing about policy. */
const decided: ReadonlyMap<unknown, RecordedRequest['verdict']> = new Map([
  ['policy.refused', 'deny'],
  ['policy.scope', 'deny'],
  ['exchange.target', 'deny'],
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

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter(isText) : undefined
}

function textOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}
