import type { Aurinko } from './aurinko-api.ts'
import { type AurinkoSender, aurinkoSender, query } from './aurinko-sender.ts'
import type { Client } from './create-client.ts'
import { path } from './path.ts'

/** How Aurinko is set up at this gateway. */
export interface AurinkoOptions {
  /** Its name in the gateway's configuration. Default `aurinko`. */
  readonly upstream?: string
}

/** Typed calls for Aurinko through a gateway. */
export function aurinko(
  client: Pick<Client, 'upstream'>,
  { upstream: name = 'aurinko' }: AurinkoOptions = {},
): Aurinko {
  const to = aurinkoSender(client.upstream(name))
  return {
    account: {
      get: async (options) => to.numbered({ method: 'GET', path: '/v1/account' }, options),
      remove: async (options) => to.tell({ method: 'DELETE', path: '/v1/account' }, options),
      revokeToken: async (options) => to.tell({ method: 'DELETE', path: '/v1/account/token' }, options),
    },
    ...accountCalls(to),
    subscriptions: subscriptionCalls(to),
    calendars: calendarCalls(to),
    events: eventCalls(to),
    messages: messageCalls(to),
    folders: { list: async (options) => to.page('/v1/email/folders', options) },
    contacts: contactCalls(to),
    taskLists: taskListCalls(to),
    tasks: taskCalls(to),
  }
}

type AccountCalls = Pick<Aurinko, 'serviceAccounts' | 'managedAccounts' | 'personalAccounts'>

function accountCalls(to: AurinkoSender): AccountCalls {
  const at = '/v1/am/accounts'
  return {
    serviceAccounts: {
      list: async (page, options) => to.offsetPage(`/v1/am/svc_accounts${query(page)}`, options),
    },
    managedAccounts: {
      save: async (id, body, options) =>
        to.saved({ method: 'POST', path: path`/v1/am/svc_accounts/${String(id)}/accounts`, body }, options),
    },
    personalAccounts: {
      list: async (page, options) => to.offsetPage(at + query(page), options),
      get: async (id, options) => to.numbered({ method: 'GET', path: at + path`/${String(id)}` }, options),
      save: async (body, options) => to.saved({ method: 'POST', path: at, body }, options),
      check: async (body, options) => to.tell({ method: 'POST', path: `${at}/connect`, body }, options),
      remove: async (id, options) => to.tell({ method: 'DELETE', path: at + path`/${String(id)}` }, options),
    },
  }
}

function subscriptionCalls(to: AurinkoSender): Aurinko['subscriptions'] {
  const at = '/v1/subscriptions'
  return {
    list: async (page, options) => to.offsetPage(at + query(page), options),
    get: async (id, options) => to.numbered({ method: 'GET', path: at + path`/${String(id)}` }, options),
    create: async (body, options) => to.numbered({ method: 'POST', path: at, body }, options),
    remove: async (id, options) => to.tell({ method: 'DELETE', path: at + path`/${String(id)}` }, options),
  }
}

function calendarCalls(to: AurinkoSender): Aurinko['calendars'] {
  const at = '/v1/calendars'
  return {
    list: async (page, options) => to.page(at + query(page), options),
    get: async (id, options) => to.one({ method: 'GET', path: at + path`/${id}` }, options),
    create: async (body, options) => to.one({ method: 'POST', path: at, body }, options),
    update: async (id, body, options) => to.one({ method: 'PATCH', path: at + path`/${id}`, body }, options),
  }
}

function eventCalls(to: AurinkoSender): Aurinko['events'] {
  const below = (calendarId: string) => path`/v1/calendars/${calendarId}/events`
  const at = ({ calendarId, eventId }: { calendarId: string; eventId: string }) =>
    below(calendarId) + path`/${eventId}`
  return {
    list: async (id, range, options) => to.page(`${below(id)}/range${query({ ...range })}`, options),
    get: async (ids, options) => to.one({ method: 'GET', path: at(ids) }, options),
    create: async (id, body, options) => to.one({ method: 'POST', path: below(id), body }, options),
    update: async (ids, { change, etag }, options) => {
      const request = { method: 'PATCH', path: at(ids), body: change } as const
      return to.one({ ...request, headers: { 'if-match': etag } }, options)
    },
    remove: async (ids, options) => to.tell({ method: 'DELETE', path: at(ids) }, options),
  }
}

function messageCalls(to: AurinkoSender): Aurinko['messages'] {
  const at = '/v1/email/messages'
  return {
    list: async (page, options) => to.page(at + query({ ...page }), options),
    get: async (id, options) => to.one({ method: 'GET', path: at + path`/${id}` }, options),
    send: async (body, options) => to.sent({ method: 'POST', path: `${at}?returnIds=true`, body }, options),
    remove: async (id, options) => to.tell({ method: 'DELETE', path: at + path`/${id}` }, options),
  }
}

function contactCalls(to: AurinkoSender): Aurinko['contacts'] {
  const at = '/v1/contacts'
  return {
    startSync: async (options) => to.sync({ method: 'POST', path: `${at}/sync` }, options),
    listUpdated: async (from, options) => to.page(`${at}/sync/updated${query({ ...from })}`, options),
    listDeleted: async (from, options) => to.page(`${at}/sync/deleted${query({ ...from })}`, options),
    get: async (id, options) => to.one({ method: 'GET', path: at + path`/${id}` }, options),
    create: async (body, options) => to.one({ method: 'POST', path: at, body }, options),
    update: async (id, { change, etag }, options) => {
      const request = { method: 'PATCH', path: at + path`/${id}`, body: change } as const
      return to.one({ ...request, headers: { 'if-match': etag } }, options)
    },
    remove: async (id, options) => to.tell({ method: 'DELETE', path: at + path`/${id}` }, options),
  }
}

function taskListCalls(to: AurinkoSender): Aurinko['taskLists'] {
  const at = '/v1/tasklists'
  return {
    list: async (page, options) => to.page(at + query(page), options),
    get: async (id, options) => to.one({ method: 'GET', path: at + path`/${id}` }, options),
    create: async (body, options) => to.one({ method: 'POST', path: at, body }, options),
    remove: async (id, options) => to.tell({ method: 'DELETE', path: at + path`/${id}` }, options),
  }
}

function taskCalls(to: AurinkoSender): Aurinko['tasks'] {
  const below = (taskListId: string) => path`/v1/tasklists/${taskListId}/tasks`
  const at = ({ taskListId, taskId }: { taskListId: string; taskId: string }) =>
    below(taskListId) + path`/${taskId}`
  return {
    list: async (id, page, options) => to.page(below(id) + query(page), options),
    get: async (ids, options) => to.one({ method: 'GET', path: at(ids) }, options),
    create: async (id, body, options) => to.one({ method: 'POST', path: below(id), body }, options),
    update: async (ids, { change, etag }, options) => {
      const request = { method: 'PATCH', path: at(ids), body: change } as const
      return to.one({ ...request, ...(etag !== undefined && { headers: { 'if-match': etag } }) }, options)
    },
    remove: async (ids, options) => to.tell({ method: 'DELETE', path: at(ids) }, options),
  }
}
