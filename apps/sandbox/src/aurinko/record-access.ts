import type { Request } from 'express'
import type { AurinkoSettings } from './aurinko-options.ts'
import type { Credentials } from './credentials.ts'
import { type Records, recordsOf } from './records.ts'
import { bodyOf } from './request-content.ts'
import type { DataKind, Tables } from './tables.ts'

/** What the routes of a kind of data are built from. */
export interface DataParts {
  readonly tables: Tables
  readonly settings: AurinkoSettings
  readonly credentials: Credentials
}

/** What of an account's data a request is about, and the scope that its token needs for it. */
export interface Wanted {
  readonly kind: DataKind
  readonly scope: string
  /** The calendar of an event, the list of a task. */
  readonly container?: string
}

/** The records that a request may touch. @throws {ApiError} 401, and 403 without the scope */
export function recordsFor(
  { tables, settings, credentials }: DataParts,
  req: Request,
  wanted: Wanted,
): Records {
  const { scope, ...where } = wanted
  const accountId = credentials.requireAccount(req, scope).id
  return recordsOf({ tables, accountId, now: settings.clock.now, ...where })
}

/** The members of a body that a client may set. @throws {ApiError} 400 */
export function settable(body: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(bodyOf(body)).filter(([name]) => names.includes(name)))
}

/** What a write answers: the id, and the record where `returnRecord` asks for it. */
export function saved(
  record: { readonly id: string; readonly etag: string },
  query: Request['query'],
): object {
  const { id, etag } = record
  return { id, etag, ...(query.returnRecord === 'true' && { record }) }
}
