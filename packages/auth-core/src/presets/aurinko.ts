import type { Operation } from '../policy/operation.ts'
import type { Preset } from './preset.ts'

/**
 * Aurinko, by the account that its service account OAuth flow makes.
 *
 * There is no machine token: an administrator consents once at the provider, the code of that consent is
 * changed for a token under HTTP Basic, and the token has no stated end. Everything below `/v1/am/` is the
 * application's own and goes with Basic; everything else is the service account's and goes with its token.
 * Scopes were settled with the consent; those listed here are what each operation needs of them.
 *
 * Left out on purpose: what answers with credentials. That is `GET /v1/am/application` and
 * `GET /v1/am/oauth_regs` (client and signing secrets), the exchange of a code, and `POST
 * /v1/am/svc_accounts`, whose answer may hold the very token that the gateway keeps. The two `save`
 * operations may answer with the token of the account they make, which is the caller's to keep.
 */
export const aurinko: Preset = {
  name: 'aurinko',
  title: 'Aurinko',
  description: 'Calendars, mail, contacts, tasks and their notifications, by a consented service account.',
  url: 'https://api.aurinko.io',
  token: {
    grantType: 'consent',
    consent: {
      authorize: '{url}/v1/auth/authorizeDaemon',
      parameters: {
        clientId: 'clientId',
        returnUrl: 'returnUrl',
        state: 'state',
        scopes: 'scopes',
        accountId: 'accountId',
        // Whose administrator consents; the configuration's `token.parameters` say so where it is not Microsoft.
        fixed: { responseType: 'code', serviceType: 'Office365' },
      },
      exchange: '{url}/v1/auth/token/{code}',
      answer: { token: 'accessToken', accountId: 'accountId' },
      returned: { code: 'code', state: 'state', status: 'status', success: 'success' },
      callback: '{url}/v1/auth/callback',
      dead: ['token.dead'],
    },
    clientAuth: 'client_secret_basic',
    body: 'form',
    parameters: {},
  },
  credentials: {
    account: { authorization: 'bearer' },
    application: { authorization: 'basic' },
  },
  emptyScope: 'allow',
  operations: [
    // With `includeProviderAuth` it answers with the provider's own token, which is nobody's here.
    { ...reads('account.get', '/v1/account'), forbidQuery: ['includeProviderAuth'] },
    removes('account.remove', '/v1/account'),
    removes('account.revoke-token', '/v1/account/token'),

    ...ofApplication([
      reads('service-accounts.list', '/v1/am/svc_accounts'),
      changes('managed-accounts.save', 'POST', '/v1/am/svc_accounts/{account_id}/accounts'),
      reads('personal-accounts.list', '/v1/am/accounts'),
      reads('personal-accounts.get', '/v1/am/accounts/{id}'),
      changes('personal-accounts.save', 'POST', '/v1/am/accounts'),
      changes('personal-accounts.check', 'POST', '/v1/am/accounts/connect'),
      removes('personal-accounts.remove', '/v1/am/accounts/{id}'),
    ]),

    reads('subscriptions.list', '/v1/subscriptions'),
    reads('subscriptions.get', '/v1/subscriptions/{id}'),
    changes('subscriptions.create', 'POST', '/v1/subscriptions'),
    removes('subscriptions.remove', '/v1/subscriptions/{id}'),

    reads('calendars.list', '/v1/calendars', 'Calendar.Read'),
    reads('calendars.get', '/v1/calendars/{id}', 'Calendar.Read'),
    changes('calendars.create', 'POST', '/v1/calendars', 'Calendar.ReadWrite'),
    changes('calendars.update', 'PATCH', '/v1/calendars/{id}', 'Calendar.ReadWrite'),
    reads('events.list', '/v1/calendars/{calendar_id}/events/range', 'Calendar.Read'),
    reads('events.get', '/v1/calendars/{calendar_id}/events/{event_id}', 'Calendar.Read'),
    changes('events.create', 'POST', '/v1/calendars/{calendar_id}/events', 'Calendar.ReadWrite'),
    changes('events.update', 'PATCH', '/v1/calendars/{calendar_id}/events/{event_id}', 'Calendar.ReadWrite'),
    removes('events.remove', '/v1/calendars/{calendar_id}/events/{event_id}', 'Calendar.ReadWrite'),

    reads('folders.list', '/v1/email/folders', 'Mail.Read'),
    reads('messages.list', '/v1/email/messages', 'Mail.Read'),
    reads('messages.get', '/v1/email/messages/{message_id}', 'Mail.Read'),
    changes('messages.send', 'POST', '/v1/email/messages', 'Mail.Send'),
    removes('messages.remove', '/v1/email/messages/{message_id}', 'Mail.ReadWrite'),

    // There is no list of contacts: they are had by a sync, from its start to its last page.
    changes('contacts.start-sync', 'POST', '/v1/contacts/sync', 'Contacts.Read'),
    reads('contacts.list-updated', '/v1/contacts/sync/updated', 'Contacts.Read'),
    reads('contacts.list-deleted', '/v1/contacts/sync/deleted', 'Contacts.Read'),
    reads('contacts.get', '/v1/contacts/{contact_id}', 'Contacts.Read'),
    changes('contacts.create', 'POST', '/v1/contacts', 'Contacts.ReadWrite'),
    changes('contacts.update', 'PATCH', '/v1/contacts/{contact_id}', 'Contacts.ReadWrite'),
    removes('contacts.remove', '/v1/contacts/{contact_id}', 'Contacts.ReadWrite'),

    reads('task-lists.list', '/v1/tasklists', 'Tasks.Read'),
    reads('task-lists.get', '/v1/tasklists/{task_list_id}', 'Tasks.Read'),
    changes('task-lists.create', 'POST', '/v1/tasklists', 'Tasks.ReadWrite'),
    removes('task-lists.remove', '/v1/tasklists/{task_list_id}', 'Tasks.ReadWrite'),
    reads('tasks.list', '/v1/tasklists/{task_list_id}/tasks', 'Tasks.Read'),
    reads('tasks.get', '/v1/tasklists/{task_list_id}/tasks/{id}', 'Tasks.Read'),
    changes('tasks.create', 'POST', '/v1/tasklists/{task_list_id}/tasks', 'Tasks.ReadWrite'),
    changes('tasks.update', 'PATCH', '/v1/tasklists/{task_list_id}/tasks/{id}', 'Tasks.ReadWrite'),
    removes('tasks.remove', '/v1/tasklists/{task_list_id}/tasks/{id}', 'Tasks.ReadWrite'),
  ],
  explains: {
    'mint.refused':
      'Aurinko has no service account for this gateway, or its token is dead: an administrator has to consent.',
    'upstream.credential-refused':
      "Aurinko refuses the application's client id and secret, which the operations below /v1/am/ go with.",
  },
  webhook: {
    signature: 'x-aurinko-signature',
    // Assumed: no document says how the digest is written down.
    prefixes: ['', 'v0=', 'sha256='],
    timestamp: { field: 'x-aurinko-request-timestamp', unit: 'seconds' },
    signed: 'v0:{timestamp}:{body}',
    validation: 'validationToken',
  },
}

function ofApplication(operations: readonly Operation[]): readonly Operation[] {
  return operations.map((operation) => ({ ...operation, credential: 'application' }))
}

function reads(name: string, template: string, ...scopes: string[]): Operation {
  return { name, method: 'GET', template, scopes, replay: 'on_401', destructive: false }
}

function changes(name: string, method: 'POST' | 'PATCH', template: string, ...scopes: string[]): Operation {
  return { name, method, template, scopes, replay: 'never', destructive: false }
}

function removes(name: string, template: string, ...scopes: string[]): Operation {
  return { name, method: 'DELETE', template, scopes, replay: 'never', destructive: true }
}
