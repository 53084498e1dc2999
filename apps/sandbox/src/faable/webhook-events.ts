import { createRecord } from './record-operations.ts'
import type { Tenant } from './tenant.ts'
import { type DeliveryOutcome, deliverFaableWebhook } from './webhook-delivery.ts'

/** Tells every subscription that wants this event; the deliveries go out on their own. */
export type EmitEvent = (type: string, payload: object) => void

/** The events of a tenant on their way to the subscriptions for them. */
export interface WebhookEvents {
  readonly emit: EmitEvent
  /** Sends an event now. @returns what each receiver made of it */
  deliver(type: string, payload: object): Promise<readonly DeliveryOutcome[]>
  /** Fulfilled when everything that was emitted so far has been answered, or given up. */
  settled(): Promise<void>
}

/** Each attempt leaves a line in the tenant's logs, which is the only place where a failure shows. */
export function createWebhookEvents(tenant: Tenant): WebhookEvents {
  const pending = new Set<Promise<unknown>>()
  function deliver(type: string, payload: object): Promise<readonly DeliveryOutcome[]> {
    const wanted = tenant.tables.notification_subscriptions
      .all()
      .filter(
        ({ channel, events }) => channel === 'webhook' && Array.isArray(events) && events.includes(type),
      )
    return Promise.all(
      wanted.map(async ({ id: subscription_id, url, secret }) => {
        const outcome = await deliverFaableWebhook({
          ...{ type, payload, url: String(url), secret: String(secret) },
          ...{ timestamp: tenant.settings.clock.now(), timeoutMs: tenant.settings.webhookTimeoutMs },
        })
        log(type, subscription_id, outcome)
        return outcome
      }),
    )
  }
  function log(type: string, subscription_id: string, outcome: DeliveryOutcome): void {
    const { id: event_id, durationMs: duration_ms, body: request, status: response_status, error } = outcome
    createRecord(tenant, 'logs', {
      type: `webhook.${type}`,
      status: error === undefined ? 'success' : 'failed',
      ...(error !== undefined && { message: error }),
      data: { subscription_id, event_id, event_type: type, duration_ms, request, response_status, error },
    })
  }
  return {
    deliver,
    emit(type, payload) {
      const sending = deliver(type, payload).finally(() => pending.delete(sending))
      pending.add(sending)
    },
    async settled() {
      await Promise.all(pending)
    },
  }
}
