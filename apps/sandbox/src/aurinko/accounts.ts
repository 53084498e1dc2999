import { ApiError } from './api-error.ts'
import { type Account, newNumber, newText, type Tables, type TokenStatus } from './tables.ts'

/** What an account is made of. */
export interface NewAccount extends Partial<Omit<Account, 'id' | 'type' | 'serviceType'>> {
  readonly id?: number
  readonly type: Account['type']
  readonly serviceType: string
}

/** Creates an account, or lays what is new over the one of that id. */
export function saveAccount(tables: Tables, content: NewAccount, now: number): Account {
  const id = content.id ?? newNumber(tables.accounts)
  const date = new Date(now).toISOString()
  const account: Account = {
    active: true,
    tokenStatus: 'active',
    authScopes: [],
    createdAt: date,
    ...tables.accounts.get(id),
    ...content,
    daemon: content.type === 'daemon',
    id,
    updatedAt: date,
  }
  tables.accounts.set(id, account)
  return account
}

/** The account of that id. @throws {ApiError} 404 */
export function accountOf(tables: Tables, id: number): Account {
  const account = tables.accounts.get(id)
  if (account === undefined) throw new ApiError(404, 'badRequest', 'Account not found')
  return account
}

/** A token for an account, which is active with it. There is no lifetime: it holds until it is revoked. */
export function issueToken(tables: Tables, accountId: number, now: number): string {
  const token = newText()
  tables.tokens.set(token, accountId)
  const tokenIssuedAt = new Date(now).toISOString()
  const account = { ...accountOf(tables, accountId), tokenStatus: 'active' as const, tokenIssuedAt }
  tables.accounts.set(accountId, account)
  return token
}

/** Says what the tokens of an account are good for from now on. */
export function setTokenStatus(tables: Tables, accountId: number, tokenStatus: TokenStatus): void {
  tables.accounts.set(accountId, { ...accountOf(tables, accountId), tokenStatus })
}

/** Removes an account with its tokens, subscriptions, records and managed accounts. @throws {ApiError} 404 */
export function removeAccount(tables: Tables, id: number): void {
  tables.accounts.delete(accountOf(tables, id).id)
  for (const [token, accountId] of tables.tokens) if (accountId === id) tables.tokens.delete(token)
  for (const row of tables.subscriptions.values())
    if (row.accountId === id) tables.subscriptions.delete(row.id)
  for (const store of tables.records.keys()) if (store.startsWith(`${id} `)) tables.records.delete(store)
  for (const child of tables.accounts.values()) if (child.parentId === id) removeAccount(tables, child.id)
}
