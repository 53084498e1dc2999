import { releaseOperation } from '@countersign/auth-core'
import type { ExchangeRequest } from '../exchange/exchange-request.ts'

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
  /** Where it, and not the path, says which upstream. */
  readonly host: string | undefined
  /** `undefined`: no operation was found. */
  readonly upstream: string | undefined
  readonly operation: string | undefined
  /** `undefined` for a call. */
  readonly release: RecordedRelease | undefined
  /** What policy said. A call beyond its limit was allowed by policy. */
  readonly verdict: 'allow' | 'shadow' | 'deny'
}

/** A token request. */
export interface RecordedRelease {
  /** `undefined`: the line is of an older gateway, or it was too long to be kept. */
  readonly asked: Pick<ExchangeRequest, 'scopes' | 'audiences' | 'resources'> | undefined
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
    host: textOf(line.host),
    upstream: textOf(upstream),
    operation: textOf(operation),
    release: isRelease(line) ? { asked: askedOf(line.asked), scopes: textsOf(line.scopes) } : undefined,
    verdict,
  }
}

/**
 * Older lines do not say what was asked for. One that names no target that there is has no operation either, and is
 * told from a call to that path by its code.
 */
function isRelease({ path, asked, operation, code }: Record<string, unknown>): boolean {
  if (path !== releaseOperation.template) return false
  if (asked !== undefined) return true
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

function askedOf(value: unknown): RecordedRelease['asked'] {
  if (typeof value !== 'object' || value === null) return undefined
  const { scopes, audience, resource } = value as Record<string, unknown>
  const [asked, audiences, resources] = [scopes, audience, resource].map(textsOf)
  return asked && audiences && resources && { scopes: asked, audiences, resources }
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
