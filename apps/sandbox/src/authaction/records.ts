import { randomBytes } from 'node:crypto'
import { AuthActionError } from './authaction-error.ts'

/** The resources of a tenant; their names are documented, their paths and fields assumed. */
export type ResourceName =
  | 'users'
  | 'applications'
  | 'api-servers'
  | 'connections'
  | 'roles'
  | 'organizations'
  | 'plans'

/** A record; of its fields only a user's `id`, `name` and `email` are documented. */
export interface AuthActionRecord {
  readonly id: string
  readonly [field: string]: unknown
}

/** All that a tenant knows, by id, in order of creation. */
export interface Tables {
  readonly records: Readonly<Record<ResourceName, Map<string, AuthActionRecord>>>
  /** Role ids, by the user they are given to, or by organization and member. */
  readonly roles: Map<string, readonly string[]>
  /** Member ids by organization. */
  readonly members: Map<string, readonly string[]>
}

/** Tables with nothing in them. */
export function createTables(): Tables {
  return {
    records: {
      users: new Map(),
      applications: new Map(),
      'api-servers': new Map(),
      connections: new Map(),
      roles: new Map(),
      organizations: new Map(),
      plans: new Map(),
    },
    roles: new Map(),
    members: new Map(),
  }
}

/** 24 hexadecimal digits that begin with the time, as MongoDB makes them; nothing like Auth0's `auth0|…`. */
export function newObjectId(): string {
  const seconds = Math.floor(Date.now() / 1000)
  return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex')
}

/** The record of that id. @throws {AuthActionError} 404 */
export function recordOf({ records }: Tables, name: ResourceName, id: string): AuthActionRecord {
  const record = records[name].get(id)
  if (record === undefined) throw new AuthActionError(404, `${name} ${id} not found`)
  return record
}

/** Makes a record. @throws {AuthActionError} 409 for a user whose email is taken (assumed) */
export function createRecord(
  tables: Tables,
  name: ResourceName,
  fields: Readonly<Record<string, unknown>>,
): AuthActionRecord {
  refuseDuplicate(tables, name, fields)
  const id = typeof fields.id === 'string' ? fields.id : newObjectId()
  const record = { ...fields, id }
  tables.records[name].set(id, record)
  return record
}

/** Lays fields over a record. @throws {AuthActionError} 404, 409 */
export function updateRecord(
  tables: Tables,
  name: ResourceName,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): AuthActionRecord {
  const before = recordOf(tables, name, id)
  refuseDuplicate(tables, name, fields, id)
  const record = { ...before, ...fields, id }
  tables.records[name].set(id, record)
  return record
}

function refuseDuplicate(
  { records }: Tables,
  name: ResourceName,
  { email }: Readonly<Record<string, unknown>>,
  own?: string,
): void {
  if (name !== 'users' || email === undefined) return
  for (const user of records.users.values()) {
    if (user.email === email && user.id !== own) throw new AuthActionError(409, 'email is taken')
  }
}
