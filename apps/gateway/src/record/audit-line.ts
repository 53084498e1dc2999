import type { Entry } from '../entry.ts'
import { recordedPath } from './recorded-path.ts'

/** Which of the two lines of a request: `open` before anything goes upstream, `close` before the answer ends. */
export type AuditKind = 'open' | 'close'

/** One line of the record. Secrets have no place in it: a token shows as its fingerprint. */
export type AuditLine = Readonly<Record<string, unknown>>

/** What an entry has learned, as a line of the audit record. */
export function auditLine(kind: AuditKind, entry: Entry): AuditLine {
  const { facts, fault, req } = entry
  const { caller, grant, minted, forwarded } = facts
  const route = facts.route ?? facts.target
  const closed = kind === 'close' ? entry : undefined
  // Members without a value are left out when the line is written. An object made of another one takes five times as long.
  return {
    kind,
    time: timeOf(entry.startedAt),
    request_id: entry.requestId,
    traceparent: entry.trace.traceparent,
    method: req.method,
    path: recordedPath(req.url),
    host: entry.upstreamHost,
    service: caller?.service?.name,
    issuer: caller?.identity.issuer,
    subject: caller?.identity.subject,
    upstream: route?.upstream,
    operation: route?.operation.name,
    verdict: grant?.verdict ?? (fault?.owner === 'caller' ? 'deny' : 'none'),
    rule: grant?.rule,
    audience: minted?.audience ?? grant?.tokenRequest.audience,
    scopes: grant?.tokenRequest.scopes,
    resource: grant?.tokenRequest.resource.length ? grant.tokenRequest.resource : undefined,
    asked: closed?.asked,
    token: minted?.token.fingerprint,
    token_source: minted?.source,
    code: closed?.fault?.code,
    owner: closed?.fault?.owner,
    detail: closed && (fault?.detail ?? grant?.wouldBeDenied),
    attempts: closed?.attempts || undefined,
    status: closed?.status(),
    bytes: closed && (forwarded ?? facts.answered)?.bytes,
    durations_ms: closed && rounded(closed),
  }
}

let latest = { ms: Number.NaN, text: '' }

/**
 * Under load some requests begin in the same millisecond. Not put together from pieces: for one string whose pieces V8
 * has yet to join, `JSON.stringify` takes the slow way for the whole line.
 */
function timeOf(ms: number): string {
  if (latest.ms !== ms) latest = { ms, text: new Date(ms).toISOString() }
  return latest.text
}

function rounded(entry: Entry): Record<string, number> {
  const { durations } = entry
  const all: Record<string, number> = {}
  for (const step in durations) all[step] = round(durations[step as keyof typeof durations] ?? 0)
  all.total = round(entry.elapsed())
  return all
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
