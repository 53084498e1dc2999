import type { FieldRules } from './fields.ts'

/** The resources of a tenant, each with a table of its own. */
export type ResourceName =
  | 'users'
  | 'credentials'
  | 'identities'
  | 'clients'
  | 'connections'
  | 'apis'
  | 'actions'
  | 'notification_subscriptions'
  | 'logs'
  | 'sessions'
  | 'teams'
  | 'team_members'
  | 'invites'
  | 'organizations'

/** What a resource is like. */
export interface Resource {
  readonly name: ResourceName
  /** Both spellings, where the vendor's pages have both. */
  readonly paths: readonly string[]
  readonly idPrefix: string
  /** What may be written. */
  readonly fields: FieldRules
  /** Of which no two records have the same. */
  readonly unique?: string
  /** Left out of every answer but that of the create. */
  readonly secret?: string
  /** What FaableQL may ask for; a field that is not here is a 400. */
  readonly queryable: ReadonlySet<string>
  /** References that `expand` may put in the place of an id, and where they point to. */
  readonly expandable: ReadonlyMap<string, ResourceName>
}

/** Every resource that is listed, by name. */
export const resources: Readonly<Record<ResourceName, Resource>> = {
  users: resource('users', ['/user'], 'user', {
    fields: {
      ...{ email: 'text', email_verified: 'flag', name: 'text', phone: 'text', locale: 'text' },
      ...{ country_iso: 'text', app_metadata: 'object', user_metadata: 'object' },
    },
    unique: 'email',
    queryable: ['email', 'name', 'phone', 'suspended', 'email_verified', 'country_iso', 'locale', 'last_ip'],
  }),
  credentials: resource('credentials', [], 'cred', {}),
  identities: resource('identities', ['/identity'], 'identity', { queryable: ['user'] }),
  clients: resource('clients', ['/client', '/clients'], 'client', {
    fields: { name: 'text!', '*': 'any' },
    secret: 'client_secret',
  }),
  connections: resource('connections', ['/connection', '/connections'], 'connection', {
    fields: { name: 'text!', '*': 'any' },
    unique: 'name',
    queryable: ['category', 'name'],
  }),
  apis: resource('apis', ['/apis'], 'api', {
    fields: { name: 'text!', identifier: 'text!', token_lifetime: 'number', '*': 'any' },
    unique: 'identifier',
  }),
  actions: resource('actions', ['/actions'], 'action', { fields: { name: 'text!', '*': 'any' } }),
  notification_subscriptions: resource('notification_subscriptions', ['/notification_subscriptions'], 'sub', {
    fields: { channel: 'text!', url: 'text', secret: 'text', events: 'texts', '*': 'any' },
    secret: 'secret',
  }),
  logs: resource('logs', ['/logs'], 'log', {
    queryable: ['type', 'status', 'origin', 'user', 'client', 'since', 'until'],
  }),
  sessions: resource('sessions', ['/session'], 'session', {
    queryable: ['user', 'status', 'client'],
    expandable: { user: 'users', client: 'clients' },
  }),
  teams: resource('teams', [], 'team', {}),
  team_members: resource('team_members', [], 'tm', {}),
  invites: resource('invites', [], 'tkt', { queryable: ['email'], expandable: { team: 'teams' } }),
  organizations: resource('organizations', ['/organization'], 'org', {
    fields: { name: 'text!', admins: 'texts' },
  }),
}

interface Traits {
  readonly fields?: FieldRules
  readonly unique?: string
  readonly secret?: string
  readonly queryable?: readonly string[]
  readonly expandable?: Readonly<Record<string, ResourceName>>
}

function resource(
  name: ResourceName,
  paths: readonly string[],
  idPrefix: string,
  { fields = {}, queryable = [], expandable = {}, ...traits }: Traits,
): Resource {
  return {
    ...{ name, paths, idPrefix, fields, ...traits },
    queryable: new Set(queryable),
    expandable: new Map(Object.entries(expandable)),
  }
}
