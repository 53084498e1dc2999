import type { Aurinko } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-aurinko-api/states.ts'
import type { ApiCall, Shown } from '../support/api-tests.ts'
import { fromState } from '../support/matchers.ts'
import { gatewayCredential, gatewaySecrets } from '../support/start-gateway.ts'

const { boolean, eachLike, integer, string } = MatchersV3

/** The token that an administrator's consent has left in the gateway's store. */
export const consentedToken = 'token-of-an-account'

/** The service account's own token. */
export const accountToken: Shown = {
  headers: { authorization: fromState('Bearer {token}', { token: consentedToken }) },
}

const { client_id } = gatewayCredential
const basic = Buffer.from(`${client_id}:${gatewaySecrets.CONTRACT_CLIENT_SECRET}`).toString('base64')

/** The application's client id and secret. */
export const application: Shown = { headers: { authorization: fromState('Basic {basic}', { basic }) } }

const account = { id: integer(Number(known.account)) }
const event = { id: string('event'), etag: string(known.etag) }
const theEvent = fromState('/v1/calendars/{calendar}/events/{event}', known)
const eventIds = { calendarId: known.calendar, eventId: known.event }
const week = { timeMin: '2026-01-05T00:00:00Z', timeMax: '2026-01-12T00:00:00Z' }
const meeting = {
  subject: 'Contracts',
  start: { dateTime: '2026-01-06T09:00:00Z', timezone: 'UTC' },
  end: { dateTime: '2026-01-06T10:00:00Z', timezone: 'UTC' },
}
const mail = { subject: 'Contracts', to: [{ address: known.recipient }] }
const managed = { active: true, serviceType: 'Office365', email: 'ada@contract.example' }

/** Calls of both kinds: by the account's token, and by the application's own credential below `/v1/am/`. */
export const aurinkoCalls: readonly (ApiCall<ApiState, Aurinko> & { readonly shown: Shown })[] = [
  {
    operation: 'account.get',
    given: 'an administrator has consented',
    request: { method: 'GET', path: '/v1/account' },
    shown: accountToken,
    response: { status: 200, body: account },
    call: (aurinko) => aurinko.account.get(),
  },
  {
    operation: 'service-accounts.list, by the application',
    given: 'an administrator has consented',
    request: { method: 'GET', path: '/v1/am/svc_accounts', query: { limit: '20', offset: '0' } },
    shown: application,
    response: { status: 200, body: { records: eachLike(account), done: boolean(true) } },
    call: (aurinko) => aurinko.serviceAccounts.list({ limit: 20, offset: 0 }),
  },
  {
    operation: 'managed-accounts.save, by the application',
    given: 'an administrator has consented',
    request: {
      method: 'POST',
      path: fromState('/v1/am/svc_accounts/{account}/accounts', known),
      body: managed,
    },
    shown: application,
    response: { status: 200, body: { accountId: integer(123_457) } },
    call: (aurinko) => aurinko.managedAccounts.save(Number(known.account), managed),
  },
  {
    operation: 'calendars.list',
    given: 'an administrator has consented',
    request: { method: 'GET', path: '/v1/calendars' },
    shown: accountToken,
    response: { status: 200, body: { records: eachLike({ id: string('calendar') }) } },
    call: (aurinko) => aurinko.calendars.list(),
  },
  {
    operation: 'calendars.get',
    given: 'an event is in a calendar',
    request: { method: 'GET', path: fromState('/v1/calendars/{calendar}', known) },
    shown: accountToken,
    response: { status: 200, body: { id: string('calendar') } },
    call: (aurinko) => aurinko.calendars.get(known.calendar),
  },
  {
    operation: 'events.list of a range',
    given: 'an event is in a calendar',
    request: { method: 'GET', path: fromState('/v1/calendars/{calendar}/events/range', known), query: week },
    shown: accountToken,
    response: { status: 200, body: { records: eachLike({ id: string('event') }) } },
    call: (aurinko) => aurinko.events.list(known.calendar, week),
  },
  {
    operation: 'events.get, with the etag that a change needs',
    given: 'an event is in a calendar',
    request: { method: 'GET', path: theEvent },
    shown: accountToken,
    response: { status: 200, body: event },
    call: (aurinko) => aurinko.events.get(eventIds),
  },
  {
    operation: 'events.create',
    given: 'an event is in a calendar',
    request: {
      method: 'POST',
      path: fromState('/v1/calendars/{calendar}/events', known),
      body: meeting,
    },
    shown: accountToken,
    response: { status: 201, body: { id: string('event') } },
    call: (aurinko) => aurinko.events.create(known.calendar, meeting),
  },
  {
    operation: 'events.update of what was read',
    given: 'an event is in a calendar',
    request: {
      method: 'PATCH',
      path: theEvent,
      headers: { 'if-match': fromState('{etag}', known) },
      body: { subject: 'Contracts' },
    },
    shown: accountToken,
    response: { status: 200, body: { id: string('event') } },
    call: (aurinko) =>
      aurinko.events.update(eventIds, { change: { subject: 'Contracts' }, etag: known.etag }),
  },
  {
    operation: 'messages.send',
    given: 'somebody can be written to',
    request: {
      method: 'POST',
      path: '/v1/email/messages',
      query: { returnIds: 'true' },
      body: { ...mail, to: [{ address: fromState('{recipient}', known) }] },
    },
    shown: accountToken,
    response: { status: 201, body: { status: string('Ok') } },
    call: (aurinko) => aurinko.messages.send(mail),
  },
  {
    operation: 'messages.list',
    given: 'an administrator has consented',
    request: { method: 'GET', path: '/v1/email/messages' },
    shown: accountToken,
    response: { status: 200, body: { records: eachLike({ id: string('message') }) } },
    call: (aurinko) => aurinko.messages.list(),
  },
]
