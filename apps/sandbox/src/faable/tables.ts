import { createRecordTable, type FaableRecord, newId, type RecordTable } from './records.ts'
import { type ResourceName, resources } from './resources.ts'

/** All that a tenant knows. */
export type Tables = Readonly<Record<ResourceName, RecordTable>>

/** Tables with nothing in them. */
export function createTables(): Tables {
  return {
    users: createRecordTable(),
    credentials: createRecordTable(),
    identities: createRecordTable(),
    clients: createRecordTable(),
    connections: createRecordTable(),
    apis: createRecordTable(),
    actions: createRecordTable(),
    notification_subscriptions: createRecordTable(),
    logs: createRecordTable(),
    sessions: createRecordTable(),
    teams: createRecordTable(),
    team_members: createRecordTable(),
    invites: createRecordTable(),
    organizations: createRecordTable(),
  }
}

/** Where and when a record is made. */
export interface Making {
  readonly account: string
  readonly clock: { now(): number }
}

/** A record with its id, account and times, not yet in a table; an `id` among the fields is taken. */
export function newRecord(
  name: ResourceName,
  fields: Readonly<Record<string, unknown>>,
  { account, clock }: Making,
): FaableRecord {
  const now = new Date(clock.now()).toISOString()
  const id = typeof fields.id === 'string' ? fields.id : newId(resources[name].idPrefix)
  return { ...fields, id, account, createdAt: now, updatedAt: now }
}
