import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Fault } from '@countersign/auth-core'
import type { WebhookTarget } from './webhook-target.ts'

/** A delivery whose signature is the upstream's, sent within the last five minutes. */
export interface Delivery {
  readonly upstream: string
  /** The upstream's own name for it; where it has none, the beginning of the signature. */
  readonly id: string
  readonly event: string | undefined
  /** What no second delivery has: its signature covers time and body, its name may be covered by nothing. */
  readonly signature: string
  /** Milliseconds since the Unix epoch, by the upstream's clock. */
  readonly sentAt: number
  readonly body: Buffer
}

/** How far the time of sending may be from ours, either way, in milliseconds. */
export const windowMs: number = 5 * 60_000

/**
 * Verifies a delivery over its raw bytes, the signature first and in constant time.
 *
 * @param now milliseconds since the Unix epoch
 * @throws {Fault} `webhook.refused`: unsigned, forged, or older or newer than five minutes
 */
export function verifyDelivery(
  { upstream, scheme, secret }: WebhookTarget,
  headers: IncomingHttpHeaders,
  body: Buffer,
  now: number,
): Delivery {
  const timestamp = fieldOf(headers, scheme.timestamp.field)
  const presented = fieldOf(headers, scheme.signature)
  if (!/^\d{1,16}$/.test(timestamp)) throw refused('there is no time of sending')
  const expected = signatureOf(scheme.signed, { timestamp, body }, secret.reveal())
  const isSigned = scheme.prefixes.some((prefix) => isEqual(presented, prefix + expected))
  if (!isSigned) throw refused('the signature is missing or not the one of this body')
  const sentAt = Number(timestamp) * (scheme.timestamp.unit === 'seconds' ? 1000 : 1)
  if (Math.abs(now - sentAt) > windowMs) throw refused('it was not sent within the last five minutes')
  const id = scheme.delivery === undefined ? '' : fieldOf(headers, scheme.delivery)
  const event = scheme.event === undefined ? '' : fieldOf(headers, scheme.event)
  return {
    upstream,
    id: named(id) ?? expected.slice(0, 32),
    event: named(event),
    signature: expected,
    sentAt,
    body,
  }
}

function signatureOf(
  template: string,
  { timestamp, body }: { readonly timestamp: string; readonly body: Buffer },
  secret: string,
): string {
  const hmac = createHmac('sha256', secret)
  for (const part of template.split(/(\{timestamp\}|\{body\})/)) {
    if (part === '{body}') hmac.update(body)
    else hmac.update(part === '{timestamp}' ? timestamp : part)
  }
  return hmac.digest('hex')
}

function isEqual(presented: string, expected: string): boolean {
  const [a, b] = [Buffer.from(presented), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A field's value; one that came several times arrives joined and fits nothing. */
function fieldOf(headers: IncomingHttpHeaders, name: string): string {
  return [headers[name] ?? ''].flat().join(', ')
}

/** Fit for a record, a claim and a log. */
function named(text: string): string | undefined {
  return /^[\x21-\x7e]{1,128}$/.test(text) ? text : undefined
}

function refused(detail: string): Fault {
  return new Fault('webhook.refused', { detail })
}
