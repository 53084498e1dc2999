/** What every record of Faable has. Ids are opaque; timestamps are camelCase in snake_case objects. */
export interface FaableRecord {
  readonly id: string
  readonly createdAt?: string
  readonly updatedAt?: string
}

/** What may be written of a user. */
export interface FaableUserFields {
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
  readonly phone?: string
  readonly locale?: string
  readonly country_iso?: string
  readonly app_metadata?: Readonly<Record<string, unknown>>
  readonly user_metadata?: Readonly<Record<string, unknown>>
}

/** A change of a user; a user cannot be created suspended. */
export interface FaableUserChange extends FaableUserFields {
  /** `false` clears time and reason. */
  readonly suspended?: boolean
  /** At most 512 characters. */
  readonly suspended_reason?: string
}

/** A user; the upstream may leave out everything but the id. */
export interface FaableUser extends FaableRecord, FaableUserChange {
  readonly suspended_at?: string | null
  readonly last_login?: string
  readonly last_ip?: string
  readonly logins_count?: number
  readonly imported_at?: string
  readonly email_verified_method?: string
}

/** What became of one row of an import (shape assumed, statuses documented). */
export interface FaableImportedRow {
  readonly status: 'created' | 'updated' | 'skipped' | 'error'
  readonly email?: string
  readonly error_code?: string
}

/** A client or a connection: fields beyond the name are the upstream's business. */
export interface FaableNamed extends FaableRecord {
  readonly name?: string
  readonly [field: string]: unknown
}

/** A line of the tenant's log. */
export interface FaableLog extends FaableRecord {
  readonly type?: string
  readonly status?: 'success' | 'failed' | 'skipped' | 'info'
  readonly message?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Where a user is signed in. */
export interface FaableSession extends FaableRecord {
  readonly status?: 'active' | 'revoked'
  readonly revoked_reason?: 'admin' | 'logout' | 'user'
  readonly user?: unknown
  readonly client?: unknown
  readonly expires_at?: string
  readonly last_seen_at?: string
}

/** Which part of a list. */
export interface FaableListing {
  /** FaableQL: `suspended:true locale!:es`. A value holds letters, digits, `_ - @ .` and nothing else. */
  readonly query?: string
  /** Words to look for. */
  readonly q?: string
  /** References to put in the place of their ids. */
  readonly expand?: readonly string[]
  /** 1 to 200. The upstream's own default holds without. */
  readonly pageSize?: number
}
