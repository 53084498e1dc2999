import type { InboxManager } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-inbox-manager-api/states.ts'
import type { ApiCall } from '../support/api-tests.ts'
import { fromState, opaque } from '../support/matchers.ts'

const { application, parent, account, user, member } = known
const list = (example: string) => ({ data: MatchersV3.eachLike({ id: opaque(example) }) })
const page = { limit: 20, offset: 0 }

/** Every typed call of the client for Inbox Manager. */
export const inboxManagerCalls: readonly ApiCall<ApiState, InboxManager>[] = [
  {
    operation: 'users.create',
    given: 'nothing but the parent account exists',
    request: {
      method: 'POST',
      path: fromState('/api/applications/{application}/users', known),
      body: { status: 'active' },
    },
    response: { status: 201, body: { id: opaque('uid_new') } },
    call: (inbox) => inbox.createApplicationUser(application, { status: 'active' }),
  },
  {
    operation: 'users.remove',
    given: 'an account and a user exist',
    request: { method: 'DELETE', path: fromState('/api/users/{user}', known) },
    response: { status: 204 },
    call: (inbox) => inbox.removeUser(user),
  },
  {
    operation: 'accounts.create',
    given: 'nothing but the parent account exists (assumed)',
    request: { method: 'POST', path: '/api/accounts', body: { name: 'ops-provisioned' } },
    response: { status: 201, body: { id: opaque('acc_new') } },
    call: (inbox) => inbox.createAccount({ name: 'ops-provisioned' }),
  },
  {
    operation: 'accounts.create-child',
    given: 'nothing but the parent account exists (assumed)',
    request: {
      method: 'POST',
      path: fromState('/api/accounts/{parent}/accounts', known),
      body: { name: 'ops-provisioned' },
    },
    response: { status: 201, body: { id: opaque('acc_new') } },
    call: (inbox) => inbox.createChildAccount(parent, { name: 'ops-provisioned' }),
  },
  {
    operation: 'accounts.list',
    given: 'an account and a user exist',
    request: { method: 'GET', path: '/api/accounts', query: { limit: '20', offset: '0' } },
    response: { status: 200, body: list(account) },
    call: (inbox) => inbox.listAccounts(page),
  },
  {
    operation: 'accounts.search',
    given: 'an account and a user exist',
    request: { method: 'POST', path: '/api/accounts/search', body: { query: 'seeded', ...page } },
    response: { status: 200, body: list(account) },
    call: (inbox) => inbox.searchAccounts({ query: 'seeded', ...page }),
  },
  {
    operation: 'accounts.get',
    given: 'an account and a user exist',
    request: { method: 'GET', path: fromState('/api/accounts/{account}', known) },
    response: { status: 200, body: { id: opaque(account) } },
    call: (inbox) => inbox.getAccount(account),
  },
  {
    operation: 'accounts.update',
    given: 'an account and a user exist',
    request: {
      method: 'PATCH',
      path: fromState('/api/accounts/{account}', known),
      body: { name: 'Operations Team' },
    },
    response: { status: 200, body: { id: opaque(account) } },
    call: (inbox) => inbox.updateAccount(account, { name: 'Operations Team' }),
  },
  {
    operation: 'accounts.remove',
    given: 'an account and a user exist',
    request: { method: 'DELETE', path: fromState('/api/accounts/{account}', known) },
    response: { status: 204 },
    call: (inbox) => inbox.removeAccount(account),
  },
  {
    operation: 'members.list',
    given: 'the user is a member of the account',
    request: { method: 'GET', path: fromState('/api/accounts/{account}/members', known) },
    response: { status: 200, body: list(member) },
    call: (inbox) => inbox.listAccountMembers(account),
  },
  {
    operation: 'members.search',
    given: 'the user is a member of the account',
    request: {
      method: 'POST',
      path: fromState('/api/accounts/{account}/members/search', known),
      body: { query: 'viewer' },
    },
    response: { status: 200, body: list(member) },
    call: (inbox) => inbox.searchAccountMembers(account, { query: 'viewer' }),
  },
  {
    operation: 'members.add',
    given: 'an account and a user exist (assumed)',
    request: {
      method: 'POST',
      path: fromState('/api/accounts/{account}/members', known),
      body: { user_id: fromState('{user}', known), role: 'viewer' },
    },
    response: { status: 201, body: { id: opaque(member) } },
    call: (inbox) => inbox.addAccountMember(account, user, 'viewer'),
  },
  {
    operation: 'members.update',
    given: 'the user is a member of the account (assumed)',
    request: {
      method: 'PATCH',
      path: fromState('/api/accounts/{account}/members/{member}', known),
      body: { role: 'member' },
    },
    response: { status: 200, body: { id: opaque(member), role: 'member' } },
    call: (inbox) => inbox.updateAccountMember(account, member, 'member'),
  },
  {
    operation: 'members.remove',
    given: 'the user is a member of the account',
    request: { method: 'DELETE', path: fromState('/api/accounts/{account}/members/{member}', known) },
    response: { status: 204 },
    call: (inbox) => inbox.removeAccountMember(account, member),
  },
]
