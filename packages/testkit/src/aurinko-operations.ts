/** An operation of Aurinko's OpenAPI document, as far as a test has to know it. */
export interface DescribedOperation {
  readonly method: string
  /** With the document's own names for its variables. */
  readonly path: string
  readonly status: number
  /** What a success holds, by its name in `aurinkoSchemas`; nothing is promised where it is absent. */
  readonly answer?: string
}

/** Every operation that the preset or the consent makes use of, from the vendor's document of 2026. */
export const aurinkoOperations: readonly DescribedOperation[] = [
  operation('GET /v1/auth/authorizeDaemon', 303),
  operation('POST /v1/auth/token/{code}', 200, 'AccountSaveResult'),
  operation('GET /v1/account', 200, 'Account'),
  operation('DELETE /v1/account', 200),
  operation('DELETE /v1/account/token', 200),

  operation('GET /v1/am/svc_accounts', 200, 'AccountsPage'),
  operation('POST /v1/am/svc_accounts/{accId}/accounts', 200, 'AccountSaveResult'),
  operation('GET /v1/am/accounts', 200, 'AccountsPage'),
  operation('POST /v1/am/accounts', 200, 'AccountSaveResult'),
  operation('GET /v1/am/accounts/{id}', 200, 'Account'),
  operation('DELETE /v1/am/accounts/{id}', 200),
  operation('POST /v1/am/accounts/connect', 200, 'Ok'),

  operation('GET /v1/subscriptions', 200, 'SubscriptionsPage'),
  operation('POST /v1/subscriptions', 200, 'Subscription'),
  operation('GET /v1/subscriptions/{id}', 200, 'Subscription'),
  operation('DELETE /v1/subscriptions/{id}', 200),

  operation('GET /v1/calendars', 200, 'CalendarsPage'),
  operation('POST /v1/calendars', 200, 'Calendar'),
  operation('GET /v1/calendars/{id}', 200, 'Calendar'),
  operation('PATCH /v1/calendars/{id}', 200, 'Calendar'),
  operation('GET /v1/calendars/{calendarId}/events/range', 200, 'EventsPage'),
  operation('POST /v1/calendars/{calendarId}/events', 201, 'EventOrId'),
  operation('GET /v1/calendars/{calendarId}/events/{eventId}', 200, 'Event'),
  operation('PATCH /v1/calendars/{calendarId}/events/{eventId}', 200, 'EventOrId'),
  operation('DELETE /v1/calendars/{calendarId}/events/{eventId}', 200),

  operation('GET /v1/email/folders', 200, 'FoldersPage'),
  operation('GET /v1/email/messages', 200, 'MessagesPage'),
  operation('POST /v1/email/messages', 201, 'MessageSent'),
  operation('GET /v1/email/messages/{messageId}', 200, 'Message'),
  operation('DELETE /v1/email/messages/{messageId}', 200, 'Ok'),

  operation('POST /v1/contacts/sync', 200, 'SyncStatus'),
  operation('GET /v1/contacts/sync/updated', 200, 'ContactsPage'),
  operation('GET /v1/contacts/sync/deleted', 200, 'DeletedPage'),
  operation('POST /v1/contacts', 201, 'ContactOrId'),
  operation('GET /v1/contacts/{contId}', 200, 'Contact'),
  operation('PATCH /v1/contacts/{contId}', 200, 'ContactOrId'),
  operation('DELETE /v1/contacts/{contId}', 200),

  operation('GET /v1/tasklists', 200, 'TaskListsPage'),
  operation('POST /v1/tasklists', 201, 'TaskList'),
  operation('GET /v1/tasklists/{taskListId}', 200, 'TaskList'),
  operation('DELETE /v1/tasklists/{taskListId}', 200, 'Ok'),
  operation('GET /v1/tasklists/{taskListId}/tasks', 200, 'TasksPage'),
  operation('POST /v1/tasklists/{taskListId}/tasks', 201, 'TaskOrId'),
  operation('GET /v1/tasklists/{taskListId}/tasks/{id}', 200, 'Task'),
  operation('PATCH /v1/tasklists/{taskListId}/tasks/{id}', 200, 'TaskOrId'),
  operation('DELETE /v1/tasklists/{taskListId}/tasks/{id}', 200, 'Ok'),
]

function operation(route: string, status: number, answer?: string): DescribedOperation {
  const [method = '', path = ''] = route.split(' ')
  return { method, path, status, ...(answer !== undefined && { answer }) }
}
