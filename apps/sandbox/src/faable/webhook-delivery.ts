import { createHmac } from 'node:crypto'
import { newId } from './records.ts'

/** One delivery; what is left out is made as the vendor would. */
export interface WebhookDelivery {
  readonly url: string
  /** Used as it is, `whsec_` included. */
  readonly secret: string
  /** `user.created` and the like. */
  readonly type: string
  readonly payload: object
  /** Given again, it is a replay. Default: a new one. */
  readonly id?: string
  /** When it claims to be sent, in milliseconds since the Unix epoch. Default: now. */
  readonly timestamp?: number
  /** In place of the right signature: a forgery. */
  readonly signature?: string
  /** Default 5000. */
  readonly timeoutMs?: number
}

/** What the receiver made of a delivery. */
export interface DeliveryOutcome {
  readonly id: string
  readonly url: string
  readonly durationMs: number
  /** The exact bytes that were signed and sent. */
  readonly body: string
  /** Absent when there was no answer. */
  readonly status?: number
  readonly error?: string
}

/**
 * Sends one webhook as the vendor does: HMAC-SHA256 over `{milliseconds}.{raw body}`, five seconds to answer,
 * no redirect followed, and no second try whatever happens.
 */
export async function deliverFaableWebhook(delivery: WebhookDelivery): Promise<DeliveryOutcome> {
  const { url, secret, type, payload, id = newId('evt'), timestamp = Date.now() } = delivery
  const produced_at = new Date(timestamp).toISOString()
  const body = JSON.stringify({ id, type, produced_at, payload })
  const started = performance.now()
  const outcome = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(delivery.timeoutMs ?? 5000),
    headers: {
      'content-type': 'application/json',
      'x-faable-event': type,
      'x-faable-delivery': id,
      'x-faable-timestamp': String(timestamp),
      'x-faable-signature': delivery.signature ?? signFaableWebhook(secret, timestamp, body),
    },
    body,
  }).then(
    async (answer) => {
      await answer.body?.cancel()
      return answer.ok
        ? { status: answer.status }
        : { status: answer.status, error: `answered ${answer.status}` }
    },
    (cause: unknown) => ({ error: cause instanceof Error ? cause.message : 'no answer' }),
  )
  return { id, url, body, durationMs: Math.round(performance.now() - started), ...outcome }
}

/** The value of `X-Faable-Signature` for a body sent at that time (milliseconds since the Unix epoch). */
export function signFaableWebhook(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
