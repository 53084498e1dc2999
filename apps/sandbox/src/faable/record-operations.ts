import { FaableError } from './faable-error.ts'
import type { FaableRecord } from './records.ts'
import { type Resource, type ResourceName, resources } from './resources.ts'
import { newRecord } from './tables.ts'
import type { Tenant } from './tenant.ts'

/** The record of that id. @throws {FaableError} `invalid_id`, `not_found` */
export function recordOf(tenant: Tenant, name: ResourceName, id: unknown): FaableRecord {
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]+$/.test(id))
    throw new FaableError('invalid_id', 'this is no id')
  const record = tenant.tables[name].get(id)
  if (record === undefined)
    throw new FaableError('not_found', `there is no ${resources[name].idPrefix} ${id}`)
  return record
}

/** Makes a record. @throws {FaableError} `already_exists`: 400 with this vendor, not 409 */
export function createRecord(
  tenant: Tenant,
  name: ResourceName,
  fields: Readonly<Record<string, unknown>>,
): FaableRecord {
  refuseDuplicate(tenant, resources[name], fields)
  const making = { account: tenant.accountId, clock: tenant.settings.clock }
  return tenant.tables[name].put(newRecord(name, fields, making))
}

/** Lays fields over a record. @throws {FaableError} `already_exists` */
export function updateRecord(
  tenant: Tenant,
  name: ResourceName,
  record: FaableRecord,
  fields: Readonly<Record<string, unknown>>,
): FaableRecord {
  refuseDuplicate(tenant, resources[name], fields, record.id)
  const updatedAt = new Date(tenant.settings.clock.now()).toISOString()
  const { id, account, createdAt } = record
  return tenant.tables[name].put({ ...record, ...fields, id, account, createdAt, updatedAt })
}

function refuseDuplicate(
  tenant: Tenant,
  { name, unique }: Resource,
  fields: Readonly<Record<string, unknown>>,
  own?: string,
): void {
  if (unique === undefined || fields[unique] === undefined) return
  const same = tenant.tables[name].all().find((record) => record[unique] === fields[unique])
  if (same === undefined || same.id === own) return
  throw new FaableError('already_exists', `there is one with this ${unique} already`, {
    details: { fields: [unique] },
  })
}
