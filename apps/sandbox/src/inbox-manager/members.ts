import { accountOf } from './accounts.ts'
import { ApiError } from './api-error.ts'
import { type Member, newId, type Role, type Tables } from './tables.ts'

/** What a new membership is made of. */
export interface NewMember {
  readonly accountId: string
  readonly userId: string
  readonly role: Role
  readonly id?: string
}

/**
 * Makes a user a member of an account.
 *
 * @throws {ApiError} `not_found` for an unknown account or user; `conflict` when it is a member already
 */
export function addMember(tables: Tables, { accountId, userId, role, id = newId('mem') }: NewMember): Member {
  const account = accountOf(tables, accountId)
  if (!tables.users.has(userId)) throw new ApiError('not_found', `there is no user ${userId}`)
  if (findMembers(tables, account.id).some((member) => member.user_id === userId)) {
    throw new ApiError('conflict', `user ${userId} is a member of account ${accountId} already`)
  }
  const member = { id, account_id: account.id, user_id: userId, role }
  tables.members.set(id, member)
  return member
}

/** Members whose role is `query` or whose user id contains it; all without one. @throws {ApiError} `not_found` */
export function findMembers(tables: Tables, accountId: string, query = ''): Member[] {
  const account = accountOf(tables, accountId)
  const members = [...tables.members.values()].filter((member) => member.account_id === account.id)
  return members.filter(({ role, user_id }) => query === '' || role === query || user_id.includes(query))
}

/** Gives a member another role. @throws {ApiError} `not_found` for an unknown account, or a member of another */
export function changeRole(tables: Tables, accountId: string, memberId: string, role: Role): Member {
  const member = { ...memberOf(tables, accountId, memberId), role }
  tables.members.set(memberId, member)
  return member
}

/** Ends a membership; the user stays. @throws {ApiError} `not_found` for an unknown account, or a member of another */
export function removeMember(tables: Tables, accountId: string, memberId: string): void {
  tables.members.delete(memberOf(tables, accountId, memberId).id)
}

function memberOf(tables: Tables, accountId: string, memberId: string): Member {
  const account = accountOf(tables, accountId)
  const member = tables.members.get(memberId)
  if (member?.account_id !== account.id) {
    throw new ApiError('not_found', `account ${accountId} has no member ${memberId}`)
  }
  return member
}
