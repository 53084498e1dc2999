import { createHmac, randomUUID } from 'node:crypto'
import { ApiError, badRequest, notFound } from './api-error.ts'
import type { AurinkoSettings } from './aurinko-options.ts'
import { bodyOf, requiredText } from './request-content.ts'
import { type Account, newNumber, type Subscription, type Tables } from './tables.ts'

/** What happened to an account's data; the receiver fetches the rest. */
export interface Notification {
  readonly resource: string
  readonly payloads?: readonly unknown[]
  readonly lifecycleEvent?: 'error' | 'active'
}

/** A notification that was sent, and what the receiver said: its status, or nothing if it could not be reached. */
export interface Delivery {
  readonly subscription: number
  readonly status: number | undefined
}

/**
 * Subscribes, after the receiver has shown that it listens at that address: it is asked with a
 * `validationToken` and has to answer with it.
 *
 * @throws {ApiError} 400 when it does not
 */
export async function subscribe(
  tables: Tables,
  settings: AurinkoSettings,
  { account, content }: { readonly account: Account; readonly content: unknown },
): Promise<Subscription> {
  const body = bodyOf(content)
  const resource = requiredText(body, 'resource')
  const notificationUrl = requiredText(body, 'notificationUrl')
  if (!URL.canParse(notificationUrl)) throw badRequest('notificationUrl is not an address')
  if (!(await answersHandshake(notificationUrl, settings.handshakeTimeoutMs))) {
    throw new ApiError(400, 'notificationUrl.invalid', 'The address did not answer with the validation token')
  }
  const filters = Array.isArray(body.filters) ? { filters: body.filters.map(String) } : {}
  const id = newNumber(tables.subscriptions)
  const subscription = { id, accountId: account.id, resource, notificationUrl, active: true, ...filters }
  tables.subscriptions.set(id, subscription)
  return subscription
}

/** A subscription of this account. @throws {ApiError} 404 */
export function subscriptionOf(tables: Tables, account: Account, id: number, now: number): Subscription {
  const subscription = tables.subscriptions.get(id)
  if (subscription?.accountId !== account.id) throw notFound(now)
  return subscription
}

/** Sends a notification to every active subscription of its resource, and waits for the answers. */
export async function notify(
  tables: Tables,
  settings: AurinkoSettings,
  notification: Notification,
): Promise<readonly Delivery[]> {
  const receivers = [...tables.subscriptions.values()].filter(
    ({ resource, active }) => active && resource === notification.resource,
  )
  return await Promise.all(
    receivers.map((subscription) => deliver(tables, settings, { subscription, notification })),
  )
}

/** What Aurinko sends: the body, and the fields that prove it to whoever has the signing secret. */
export function signedNotification(
  { id, accountId }: Pick<Subscription, 'id' | 'accountId'>,
  notification: Notification,
  { signingSecret, signaturePrefix, clock }: AurinkoSettings,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const timestamp = String(Math.floor(clock.now() / 1000))
  const body = JSON.stringify({ subscription: id, accountId, payloads: [], ...notification })
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-aurinko-request-timestamp': timestamp,
      'x-aurinko-signature': `${signaturePrefix}${digest}`,
    },
  }
}

async function deliver(
  tables: Tables,
  settings: AurinkoSettings,
  {
    subscription,
    notification,
  }: { readonly subscription: Subscription; readonly notification: Notification },
): Promise<Delivery> {
  const { id, notificationUrl } = subscription
  const { body, headers } = signedNotification(subscription, notification, settings)
  const status = await statusOf(notificationUrl, { method: 'POST', headers, body })
  const { failSince: _since, failDescription: _description, ...fine } = subscription
  const failed = {
    ...subscription,
    failSince: subscription.failSince ?? new Date(settings.clock.now()).toISOString(),
    failDescription:
      status === undefined ? 'The receiver cannot be reached' : `The receiver answered ${status}`,
  }
  tables.subscriptions.set(id, status === 200 ? fine : failed)
  return { subscription: id, status }
}

async function statusOf(url: string, init: RequestInit): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    await answer.body?.cancel()
    return answer.status
  } catch {
    return undefined
  }
}

async function answersHandshake(notificationUrl: string, timeoutMs: number): Promise<boolean> {
  const url = new URL(notificationUrl)
  const challenge = randomUUID()
  url.searchParams.set('validationToken', challenge)
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  const init: RequestInit = { method: 'POST', headers, redirect: 'manual' }
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) })
    return answer.status === 200 && (await answer.text()) === challenge
  } catch {
    return false
  }
}
