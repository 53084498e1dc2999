import { ApiError } from './api-error.ts'
import { type Account, newId, type Tables } from './tables.ts'

/** What a new account is made of; without a parent it is a root. */
export interface NewAccount {
  readonly name: string
  readonly parentAccountId?: string | undefined
  readonly id?: string
}

/** Creates an account. Names need not be unique. @throws {ApiError} `not_found` for an unknown parent */
export function createAccount(
  tables: Tables,
  { name, parentAccountId, id = newId('acc') }: NewAccount,
): Account {
  const parent =
    parentAccountId === undefined ? {} : { parent_account_id: accountOf(tables, parentAccountId).id }
  const account = { id, ...parent, name, created_at: new Date().toISOString() }
  tables.accounts.set(id, account)
  return account
}

/** The account of that id. @throws {ApiError} `not_found` */
export function accountOf(tables: Tables, id: string): Account {
  const account = tables.accounts.get(id)
  if (account === undefined) throw new ApiError('not_found', `there is no account ${id}`)
  return account
}

/** Accounts whose name contains `query`, regardless of case; all without one. */
export function findAccounts(tables: Tables, query = ''): Account[] {
  return [...tables.accounts.values()].filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
}

/** Renames an account. @throws {ApiError} `not_found` */
export function renameAccount(tables: Tables, id: string, name: string): Account {
  const account = { ...accountOf(tables, id), name }
  tables.accounts.set(id, account)
  return account
}

/**
 * Removes an account and its memberships.
 *
 * @throws {ApiError} `not_found`; `conflict` while it has children (assumed)
 */
export function removeAccount(tables: Tables, id: string): void {
  const account = accountOf(tables, id)
  for (const child of tables.accounts.values()) {
    if (child.parent_account_id === id) throw new ApiError('conflict', `account ${id} has child accounts`)
  }
  tables.accounts.delete(account.id)
  for (const member of tables.members.values()) {
    if (member.account_id === id) tables.members.delete(member.id)
  }
}
