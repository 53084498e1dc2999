import { randomBytes } from 'node:crypto'
import { inboxManagerSeed } from './seed.ts'

/** A user of the application. */
export interface User {
  readonly id: string
  readonly application_id: string
  readonly status: string
  readonly created_at: string
}

/** An account; only the root has no parent. */
export interface Account {
  readonly id: string
  readonly parent_account_id?: string
  readonly name: string
  readonly created_at: string
}

/** What a member may do in an account. */
export type Role = 'owner' | 'member' | 'viewer'

/** A user's place in an account; its `id` is its own, not the user's. */
export interface Member {
  readonly id: string
  readonly account_id: string
  readonly user_id: string
  readonly role: Role
}

/** All that this Inbox Manager knows, by id, in order of creation. */
export interface Tables {
  readonly users: Map<string, User>
  readonly accounts: Map<string, Account>
  readonly members: Map<string, Member>
}

/** Tables that hold what {@link inboxManagerSeed} names, and nothing else. */
export function createTables(): Tables {
  const tables: Tables = { users: new Map(), accounts: new Map(), members: new Map() }
  resetTables(tables)
  return tables
}

/** Back to the state of the first day. */
export function resetTables(tables: Tables): void {
  for (const table of Object.values(tables)) table.clear()
  const id = inboxManagerSeed.parentAccountId
  tables.accounts.set(id, { id, name: 'Sandbox', created_at: new Date().toISOString() })
}

/** A new id under a prefix; `acc` and `uid` are documented, `mem` is assumed. */
export function newId(prefix: 'acc' | 'uid' | 'mem'): string {
  return `${prefix}_${randomBytes(10).toString('hex')}`
}
