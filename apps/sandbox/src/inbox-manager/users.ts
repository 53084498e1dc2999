import { ApiError } from './api-error.ts'
import { inboxManagerSeed } from './seed.ts'
import { newId, type Tables, type User } from './tables.ts'

/** Creates a user of the application. `status` is free text here: only `active` is documented. */
export function createUser(
  tables: Tables,
  { status, id = newId('uid') }: { status: string; id?: string },
): User {
  const application_id = inboxManagerSeed.applicationId
  const user = { id, application_id, status, created_at: new Date().toISOString() }
  tables.users.set(id, user)
  return user
}

/** Removes a user and its memberships. @throws {ApiError} `not_found` */
export function removeUser(tables: Tables, id: string): void {
  if (!tables.users.delete(id)) throw new ApiError('not_found', `there is no user ${id}`)
  for (const member of tables.members.values()) {
    if (member.user_id === id) tables.members.delete(member.id)
  }
}
