import type { AuthAction } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-authaction-api/states.ts'
import type { ApiCall } from '../support/api-tests.ts'
import { fromState, opaque } from '../support/matchers.ts'

const { boolean, eachLike, reify } = MatchersV3
const user = { id: opaque(known.user) }
const theUser = fromState('/api/v1/users/{user}', known)
const person = { externalId: 'ada', displayName: 'Ada Lovelace' }
const role = { id: opaque(known.role) }
const roles = { roles: [fromState('{role}', known)] }
const theRoles = fromState('/api/v1/users/{user}/roles', known)
const transaction = {
  data: {
    transactionId: opaque('671e6abcf34ff7b958a64f84'),
    id: opaque(known.user),
    verified: boolean(false),
  },
}

/** What documents tell of, the list of users and the passkeys, and the assumed calls that services make. */
export const authActionCalls: readonly ApiCall<ApiState, AuthAction>[] = [
  {
    operation: 'users.list, a bare array',
    given: 'a user exists',
    request: { method: 'GET', path: '/api/v1/users' },
    response: { status: 200, body: eachLike(user) },
    call: (authAction) => authAction.listUsers(),
  },
  ...(['register', 'authenticate'] as const).map(
    (kind): ApiCall<ApiState, AuthAction> => ({
      operation: `passkeys.${kind}, in an envelope`,
      given: 'an application has passkeys',
      request: {
        method: 'POST',
        path: fromState(`/api/v1/passkey-plus/{application}/transaction/${kind}`, known),
        body: person,
      },
      response: { status: 201, body: transaction },
      call: (authAction) => authAction[`${kind}Passkey`](known.application, person),
      returns: () => reify(transaction.data),
    }),
  ),
  {
    operation: 'passkeys.verify, in an envelope',
    given: 'a person has confirmed a passkey',
    request: {
      method: 'POST',
      path: fromState('/api/v1/passkey-plus/{application}/authenticate/verify', known),
      body: { nonce: fromState('{nonce}', known) },
    },
    response: { status: 201, body: { data: { verified: boolean(true) } } },
    call: (authAction) => authAction.verifyPasskey(known.application, known.nonce),
    returns: () => ({ verified: true }),
  },
  {
    operation: 'users.get',
    given: 'a user exists (assumed)',
    request: { method: 'GET', path: theUser },
    response: { status: 200, body: user },
    call: (authAction) => authAction.getUser(known.user),
  },
  {
    operation: 'users.create',
    given: 'a user exists (assumed)',
    request: { method: 'POST', path: '/api/v1/users', body: { email: 'grace@contract.example' } },
    response: { status: 201, body: user },
    call: (authAction) => authAction.createUser({ email: 'grace@contract.example' }),
  },
  {
    operation: 'users.update',
    given: 'a user exists (assumed)',
    request: { method: 'PATCH', path: theUser, body: { name: 'Ada' } },
    response: { status: 200, body: user },
    call: (authAction) => authAction.updateUser(known.user, { name: 'Ada' }),
  },
  {
    operation: 'users.remove',
    given: 'a user exists (assumed)',
    request: { method: 'DELETE', path: theUser },
    response: { status: 204 },
    call: (authAction) => authAction.removeUser(known.user),
  },
  {
    operation: 'user-roles.list',
    given: 'the user has a role (assumed)',
    request: { method: 'GET', path: theRoles },
    response: { status: 200, body: eachLike(role) },
    call: (authAction) => authAction.listUserRoles(known.user),
  },
  {
    operation: 'user-roles.add',
    given: 'the user is a member of an organization (assumed)',
    request: { method: 'POST', path: theRoles, body: roles },
    response: { status: 204 },
    call: (authAction) => authAction.addUserRoles(known.user, [known.role]),
  },
  {
    operation: 'user-roles.remove',
    given: 'the user has a role (assumed)',
    request: { method: 'DELETE', path: theRoles, body: roles },
    response: { status: 204 },
    call: (authAction) => authAction.removeUserRoles(known.user, [known.role]),
  },
  {
    operation: 'organizations.list',
    given: 'the user is a member of an organization (assumed)',
    request: { method: 'GET', path: '/api/v1/organizations' },
    response: { status: 200, body: eachLike({ id: opaque(known.organization) }) },
    call: (authAction) => authAction.listOrganizations(),
  },
  {
    operation: 'organization-members.list',
    given: 'the user is a member of an organization (assumed)',
    request: { method: 'GET', path: fromState('/api/v1/organizations/{organization}/members', known) },
    response: { status: 200, body: eachLike(user) },
    call: (authAction) => authAction.listOrganizationMembers(known.organization),
  },
  {
    operation: 'member-roles.add',
    given: 'the user is a member of an organization (assumed)',
    request: {
      method: 'POST',
      path: fromState('/api/v1/organizations/{organization}/members/{user}/roles', known),
      body: roles,
    },
    response: { status: 204 },
    call: (authAction) =>
      authAction.addMemberRoles({ organizationId: known.organization, userId: known.user }, [known.role]),
  },
]
