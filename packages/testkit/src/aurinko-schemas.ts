/**
 * What Aurinko answers, as JSON Schema (draft 2020-12) for the parts that Countersign meets. The vendor's
 * OpenAPI document allows every member to be absent and any other to be there, so that nothing could fail
 * against it. This reduction keeps its names and types, asks for the members that a client cannot do without,
 * and allows no others.
 */
export const aurinkoSchemas: Readonly<Record<string, object>> = {
  AccountSaveResult: record({ accountId: 'integer', accessToken: 'string', userId: 'string' }, ['accountId']),
  Account: record(
    {
      id: 'integer',
      parentId: 'integer',
      serviceType: {
        enum: ['Google', 'GoogleBot', 'Office365', 'EWS', 'IMAP', 'MsTeamsBot', 'Slack', 'Zoho'],
      },
      serviceProvider: { enum: ['Google', 'Office365', 'EWS', 'IMAP', 'Slack', 'Zoho'] },
      active: 'boolean',
      tokenStatus: { enum: ['active', 'invalid', 'dead'] },
      tokenError: 'string',
      type: { enum: ['daemon', 'personal', 'managed'] },
      daemon: 'boolean',
      loginString: 'string',
      email: 'string',
      name: 'string',
      clientOrgId: 'string',
      authUserId: 'string',
      authOrgId: 'string',
      timezone: 'string',
      tokenIssuedAt: time(),
      authScopes: list({ $ref: '#/$defs/Scope' }),
      authObtainedAt: time(),
      authExpiresAt: time(),
      createdAt: time(),
      updatedAt: time(),
    },
    ['id', 'serviceType', 'active', 'tokenStatus', 'type', 'daemon'],
  ),
  AccountsPage: offsetPage('Account'),
  Scope: { enum: scopes() },
  Ok: record({ status: { enum: ['Ok'] } }, ['status']),
  Failure: record(
    {
      code: 'string',
      message: 'string',
      requestId: { type: 'string', format: 'uuid' },
      originalError: 'object',
    },
    ['code', 'message', 'requestId'],
  ),

  Subscription: record(
    {
      id: 'integer',
      resource: 'string',
      notificationUrl: 'string',
      active: 'boolean',
      failSince: time(),
      failDescription: 'string',
      filters: list({ enum: ['withoutDrafts'] }),
    },
    ['id', 'resource', 'notificationUrl', 'active'],
  ),
  SubscriptionsPage: offsetPage('Subscription'),

  Calendar: record(
    {
      id: 'string',
      name: 'string',
      color: 'string',
      description: 'string',
      accessRole: { enum: ['owner', 'writer', 'reader'] },
      primary: 'boolean',
    },
    ['id', 'name'],
  ),
  CalendarsPage: tokenPage('Calendar'),
  EventTime: record(
    { dateOnly: { type: 'string', format: 'date' }, dateTime: time(), timezone: 'string' },
    [],
  ),
  Event: record(
    {
      ...stamped(),
      calendarId: 'string',
      subject: 'string',
      description: 'string',
      location: 'string',
      start: { $ref: '#/$defs/EventTime' },
      end: { $ref: '#/$defs/EventTime' },
    },
    ['id', 'etag', 'calendarId'],
  ),
  EventsPage: tokenPage('Event'),
  EventOrId: saved('Event'),

  Address: record({ name: 'string', address: { type: 'string', format: 'email' } }, ['address']),
  Message: record(
    {
      id: 'string',
      threadId: 'string',
      createdTime: time(),
      lastModifiedTime: time(),
      sentAt: time(),
      receivedAt: time(),
      subject: 'string',
      body: 'string',
      sysLabels: list({
        enum: ['junk', 'trash', 'sent', 'inbox', 'unread', 'flagged', 'important', 'draft'],
      }),
      from: { $ref: '#/$defs/Address' },
      to: list({ $ref: '#/$defs/Address' }),
      cc: list({ $ref: '#/$defs/Address' }),
      bcc: list({ $ref: '#/$defs/Address' }),
      replyTo: list({ $ref: '#/$defs/Address' }),
      hasAttachments: 'boolean',
    },
    ['id', 'threadId', 'from', 'to'],
  ),
  MessagesPage: tokenPage('Message'),
  MessageSent: record(
    {
      status: { enum: ['Ok'] },
      id: 'string',
      threadId: 'string',
      processingStatus: { enum: ['Ok', 'Incomplete'] },
    },
    ['status'],
  ),
  Folder: record({ id: 'string', name: 'string', isFolder: 'boolean', sysLabel: 'string' }, ['id', 'name']),
  FoldersPage: record({ length: 'integer', records: list({ $ref: '#/$defs/Folder' }) }, [
    'length',
    'records',
  ]),

  Contact: record(
    {
      ...stamped(),
      name: record({ displayName: 'string', givenName: 'string', familyName: 'string' }, []),
      nickName: 'string',
      notes: 'string',
      emailAddresses: list(record({ address: 'string', name: 'string', type: 'string' }, ['address'])),
    },
    ['id', 'etag'],
  ),
  ContactsPage: deltaPage('Contact'),
  ContactOrId: saved('Contact'),
  Deleted: record({ id: 'string', timestamp: time() }, ['id']),
  DeletedPage: deltaPage('Deleted'),
  SyncStatus: record({ syncUpdatedToken: 'string', syncDeletedToken: 'string', ready: 'boolean' }, ['ready']),

  TaskList: record(
    {
      id: 'string',
      etag: 'string',
      title: 'string',
      owner: 'boolean',
      defaultList: 'boolean',
      lastModifiedTime: time(),
    },
    ['id', 'title'],
  ),
  TaskListsPage: tokenPage('TaskList'),
  Task: record(
    {
      id: 'string',
      etag: 'string',
      title: 'string',
      lastModifiedTime: time(),
      notes: 'string',
      status: { enum: ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'] },
      importance: { enum: ['low', 'normal', 'high'] },
      due: time(),
    },
    ['id', 'title'],
  ),
  TasksPage: tokenPage('Task'),
  TaskOrId: saved('Task'),
}

type Members = Readonly<Record<string, string | object>>

function record(members: Members, required: readonly string[]): object {
  const properties = Object.entries(members).map(([name, type]) => [
    name,
    typeof type === 'string' ? { type } : type,
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
  }
}

function list(items: object): object {
  return { type: 'array', items }
}

function time(): object {
  return { type: 'string', format: 'date-time' }
}

function stamped(): Members {
  return { id: 'string', etag: 'string', createdTime: time(), lastModifiedTime: time() }
}

/** The application's own lists: a whole with an offset. */
function offsetPage(of: string): object {
  const members = { offset: 'integer', totalSize: 'integer', done: 'boolean', records: listOf(of) }
  return record(members, ['offset', 'totalSize', 'done', 'records'])
}

/** Lists of the provider: `length` counts this page, and there is a next one as long as it has a token. */
function tokenPage(of: string): object {
  return record({ nextPageToken: 'string', length: 'integer', records: listOf(of) }, ['length', 'records'])
}

function deltaPage(of: string): object {
  const members = {
    nextPageToken: 'string',
    nextDeltaToken: 'string',
    length: 'integer',
    records: listOf(of),
  }
  return record(members, ['length', 'records'])
}

/** What a write answers: the id always, the record where it was asked for. */
function saved(of: string): object {
  return record({ id: 'string', etag: 'string', record: { $ref: `#/$defs/${of}` } }, ['id'])
}

function listOf(of: string): object {
  return list({ $ref: `#/$defs/${of}` })
}

function scopes(): readonly string[] {
  const kinds = ['Calendar', 'Mail', 'Contacts', 'Tasks']
  return [
    ...kinds.flatMap((kind) => [`${kind}.Read`, `${kind}.ReadWrite`]),
    'Mail.Send',
    'Mail.Drafts',
    'Mail.All',
  ]
}
