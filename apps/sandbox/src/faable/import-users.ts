import { FaableError, invalidFields } from './faable-error.ts'
import { readFields } from './fields.ts'
import { createRecord } from './record-operations.ts'
import { resources } from './resources.ts'
import type { Tenant } from './tenant.ts'
import type { EmitEvent } from './webhook-events.ts'

/** What became of one row; the shape is assumed, the statuses are documented. */
export interface ImportedRow {
  readonly email: unknown
  readonly status: 'created' | 'skipped' | 'error'
  readonly id?: string
  readonly error_code?: string
}

/**
 * Imports up to 500 users, each for itself: one that exists already is skipped, a bad row does not fail the
 * others. With `dry_run` nothing is kept.
 *
 * @throws {FaableError} `validation_error` when it is no list, or too long a one
 */
export function importUsers(
  body: unknown,
  tenant: Tenant,
  emit: EmitEvent,
): { readonly results: readonly ImportedRow[] } {
  const { users, dry_run } = readFields(body, { users: 'any', dry_run: 'flag' }, true)
  if (!Array.isArray(users) || users.length > 500) {
    throw invalidFields({ path: 'users', message: 'is a list of at most 500' })
  }
  return { results: users.map((row: unknown) => importRow(row, dry_run === true)) }

  function importRow(row: unknown, isDry: boolean): ImportedRow {
    const email = typeof row === 'object' && row !== null && 'email' in row ? row.email : undefined
    if (tenant.tables.users.all().some((user) => email !== undefined && user.email === email)) {
      return { email, status: 'skipped' }
    }
    try {
      const fields = readFields(row, resources.users.fields, true)
      if (isDry) return { email, status: 'created' }
      const imported_at = new Date(tenant.settings.clock.now()).toISOString()
      const user = createRecord(tenant, 'users', { ...fields, imported_at, email_verified_method: 'import' })
      emit('user.created', { user: { user_id: user.id, email, imported_at } })
      return { email, status: 'created', id: user.id }
    } catch (error) {
      if (!(error instanceof FaableError)) throw error
      return { email, status: 'error', error_code: error.code }
    }
  }
}
