import { type Accept, type CallOptions, call } from './call.ts'
import type { Client } from './create-client.ts'
import { hasId } from './has-id.ts'
import { path } from './path.ts'

/** What a member may do in an account. */
export type Role = 'owner' | 'member' | 'viewer'

/** A user of an application. Only `id` is documented; the upstream may leave out the rest. */
export interface ApplicationUser {
  readonly id: string
  readonly application_id?: string
  readonly status?: string
  readonly created_at?: string
}

/** An account; a child names its parent. Only `id` is documented; the upstream may leave out the rest. */
export interface Account {
  readonly id: string
  readonly parent_account_id?: string
  readonly name?: string
  readonly created_at?: string
}

/** A user's place in an account. Its `id` is the membership's, not the user's. */
export interface Member {
  readonly id: string
  readonly account_id?: string
  readonly user_id?: string
  readonly role?: Role
}

/** One page. There is no total: a page shorter than its `limit` is the last. */
export interface List<T> {
  readonly data: readonly T[]
}

/** Which page of a list. The upstream's own defaults hold where one is left out. */
export interface Paging {
  readonly limit?: number
  readonly offset?: number
}

/** Which page of what matches. */
export interface Search extends Paging {
  readonly query: string
}

/** How Inbox Manager is set up at this gateway. */
export interface InboxManagerOptions {
  /** Its name in the gateway's configuration. Default `inbox-manager`. */
  readonly upstream?: string
}

/**
 * The admin operations of Inbox Manager. Every call rejects with {@link GatewayError},
 * {@link UpstreamError}, {@link GatewayUnreachableError}, {@link IdentityError} or the signal's reason; an id
 * is one segment of a path whatever it contains, and an empty one, `.` or `..` is a `TypeError`.
 *
 * The upstream knows no idempotency key: a create that ended in {@link GatewayUnreachableError} may have
 * happened.
 */
export interface InboxManager {
  createApplicationUser(
    applicationId: string,
    user: { readonly status: string },
    options?: CallOptions,
  ): Promise<ApplicationUser>
  removeUser(userId: string, options?: CallOptions): Promise<void>

  /** An account without a parent. */
  createAccount(account: { readonly name: string }, options?: CallOptions): Promise<Account>
  createChildAccount(
    parentAccountId: string,
    account: { readonly name: string },
    options?: CallOptions,
  ): Promise<Account>
  listAccounts(paging?: Paging, options?: CallOptions): Promise<List<Account>>
  searchAccounts(search: Search, options?: CallOptions): Promise<List<Account>>
  getAccount(accountId: string, options?: CallOptions): Promise<Account>
  updateAccount(accountId: string, change: { readonly name: string }, options?: CallOptions): Promise<Account>
  removeAccount(accountId: string, options?: CallOptions): Promise<void>

  addAccountMember(accountId: string, userId: string, role: Role, options?: CallOptions): Promise<Member>
  listAccountMembers(accountId: string, paging?: Paging, options?: CallOptions): Promise<List<Member>>
  searchAccountMembers(accountId: string, search: Search, options?: CallOptions): Promise<List<Member>>
  updateAccountMember(accountId: string, memberId: string, role: Role, options?: CallOptions): Promise<Member>
  removeAccountMember(accountId: string, memberId: string, options?: CallOptions): Promise<void>
}

/** Typed calls for Inbox Manager through a gateway. */
export function inboxManager(
  client: Pick<Client, 'upstream'>,
  { upstream: name = 'inbox-manager' }: InboxManagerOptions = {},
): InboxManager {
  const to = client.upstream(name)
  const user = hasId<ApplicationUser>
  const account = hasId<Account>
  const member = hasId<Member>
  return {
    createApplicationUser: async (id, body, options) =>
      call(to, { method: 'POST', path: path`/api/applications/${id}/users`, body }, options, user),
    removeUser: async (id, options) => call(to, { method: 'DELETE', path: path`/api/users/${id}` }, options),

    createAccount: async (body, options) =>
      call(to, { method: 'POST', path: '/api/accounts', body }, options, account),
    createChildAccount: async (id, body, options) =>
      call(to, { method: 'POST', path: path`/api/accounts/${id}/accounts`, body }, options, account),
    listAccounts: async (paging, options) =>
      call(to, { method: 'GET', path: `/api/accounts${query(paging)}` }, options, isListOf(account)),
    searchAccounts: async (body, options) =>
      call(to, { method: 'POST', path: '/api/accounts/search', body }, options, isListOf(account)),
    getAccount: async (id, options) =>
      call(to, { method: 'GET', path: path`/api/accounts/${id}` }, options, account),
    updateAccount: async (id, body, options) =>
      call(to, { method: 'PATCH', path: path`/api/accounts/${id}`, body }, options, account),
    removeAccount: async (id, options) =>
      call(to, { method: 'DELETE', path: path`/api/accounts/${id}` }, options),

    ...memberCalls(to, member),
  }
}

type MemberCalls = Pick<InboxManager, Extract<keyof InboxManager, `${string}Member` | `${string}Members`>>

function memberCalls(to: ReturnType<Client['upstream']>, member: Accept<Member>): MemberCalls {
  const list = isListOf(member)
  return {
    addAccountMember: async (id, user_id, role, options) => {
      const body = { user_id, role }
      return call(to, { method: 'POST', path: path`/api/accounts/${id}/members`, body }, options, member)
    },
    listAccountMembers: async (id, paging, options) => {
      const at = path`/api/accounts/${id}/members` + query(paging)
      return call(to, { method: 'GET', path: at }, options, list)
    },
    searchAccountMembers: async (id, body, options) => {
      const at = path`/api/accounts/${id}/members/search`
      return call(to, { method: 'POST', path: at, body }, options, list)
    },
    updateAccountMember: async (id, memberId, role, options) => {
      const at = path`/api/accounts/${id}/members/${memberId}`
      return call(to, { method: 'PATCH', path: at, body: { role } }, options, member)
    },
    removeAccountMember: async (id, memberId, options) => {
      const at = path`/api/accounts/${id}/members/${memberId}`
      return call(to, { method: 'DELETE', path: at }, options)
    },
  }
}

/** Lists come wrapped in `data`. */
function isListOf<T>(accept: Accept<T>): Accept<List<T>> {
  return (value): value is List<T> =>
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    Array.isArray(value.data) &&
    value.data.every(accept)
}

function query({ limit, offset }: Paging = {}): string {
  const fields = Object.entries({ limit, offset }).filter(([, value]) => value !== undefined)
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields.map(([k, v]) => [k, String(v)]))}`
}
