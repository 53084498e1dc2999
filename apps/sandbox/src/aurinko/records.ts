import { randomBytes } from 'node:crypto'
import { ApiError, badRequest, notFound } from './api-error.ts'
import type { DataKind, DataRecord, Tables } from './tables.ts'

/** The records of one kind in one account, or in one container of it. */
export interface Records {
  all(): readonly DataRecord[]
  /** @throws {ApiError} 404, with the code `badRequest` */
  get(id: string): DataRecord
  /** Under a new id, unless the members have one. */
  create(members: Readonly<Record<string, unknown>>): DataRecord
  /**
   * @param ifMatch the etag that the change was made on
   * @throws {ApiError} 404, and 412 when the record has changed since
   */
  patch(id: string, change: Readonly<Record<string, unknown>>, ifMatch?: string): DataRecord
  /** @throws {ApiError} 404 */
  remove(id: string): DataRecord
}

/** Where the records are, and the time of a change. */
export interface Store {
  readonly tables: Tables
  readonly accountId: number
  readonly kind: DataKind
  /** The calendar of an event, the list of a task. */
  readonly container?: string
  readonly now: () => number
}

/** The records of a store, which need not exist yet. */
export function recordsOf({ tables, accountId, kind, container = '', now }: Store): Records {
  const key = `${accountId} ${kind} ${container}`
  const rows = tables.records.get(key) ?? new Map<string, DataRecord>()
  tables.records.set(key, rows)
  function get(id: string): DataRecord {
    const row = rows.get(id)
    if (row === undefined) throw notFound(now())
    return row
  }
  function save(row: Readonly<Record<string, unknown>> & { readonly id: string }): DataRecord {
    const saved = { ...row, etag: newId() }
    rows.set(row.id, saved)
    return saved
  }
  return {
    all: () => [...rows.values()],
    get,
    create: ({ id, ...members }) => save({ ...members, id: typeof id === 'string' ? id : newId() }),
    patch(id, change, ifMatch) {
      const before = get(id)
      if (ifMatch !== undefined && ifMatch !== before.etag && ifMatch !== '*') {
        throw new ApiError(412, 'preconditionFailed', 'The record has changed since it was read')
      }
      return save({ ...before, ...change, id })
    },
    remove(id) {
      const row = get(id)
      rows.delete(id)
      return row
    },
  }
}

/** `If-Match`, where the document insists on it. @throws {ApiError} 400 */
export function requiredEtag(ifMatch: string | undefined): string {
  if (ifMatch === undefined) throw badRequest('If-Match is required')
  return ifMatch
}

function newId(): string {
  return randomBytes(12).toString('base64url')
}
