import type { LoginRadius } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-loginradius-api/states.ts'
import type { ApiCall } from '../support/api-tests.ts'
import { fromState, opaque } from '../support/matchers.ts'

const { eachLike } = MatchersV3
const organizations = '/v2/manage/organizations'
const theOrganization = fromState(`${organizations}/{organization}`, known)
const theRoles = fromState(`${organizations}/{organization}/roles`, known)
const invitations = '/v2/manage/invitations'
const theInvitation = fromState(`${invitations}/{invitation}`, known)
const organization = { Id: opaque(known.organization) }
const role = { Id: opaque(known.role) }
const invitation = { Id: opaque(known.invitation) }
const invited = {
  email: 'ada@contract.example',
  roleIds: [known.role],
  orgId: known.organization,
  inviterUid: known.account,
}
const dataOf = (body: unknown) => Object(body).Data

/** Organizations, their roles and invitations. */
export const callsByToken: readonly ApiCall<ApiState, LoginRadius>[] = [
  {
    operation: 'organizations.list, all of them in an envelope',
    given: 'an organization exists',
    request: { method: 'GET', path: organizations },
    response: { status: 200, body: { Data: eachLike(organization) } },
    call: (loginRadius) => loginRadius.organizations.list(),
    returns: dataOf,
  },
  {
    operation: 'organizations.get',
    given: 'an organization exists',
    request: { method: 'GET', path: theOrganization },
    response: { status: 200, body: organization },
    call: (loginRadius) => loginRadius.organizations.get(known.organization),
  },
  {
    operation: 'organizations.create',
    given: 'an organization exists',
    request: { method: 'POST', path: organizations, body: { Name: 'Contract' } },
    response: { status: 200, body: organization },
    call: (loginRadius) => loginRadius.organizations.create({ Name: 'Contract' }),
  },
  {
    operation: 'organizations.update, a PUT',
    given: 'an organization exists',
    request: { method: 'PUT', path: theOrganization, body: { Name: 'Contract', IsActive: true } },
    response: { status: 200, body: organization },
    call: (loginRadius) =>
      loginRadius.organizations.update(known.organization, { Name: 'Contract', IsActive: true }),
  },
  {
    operation: 'organizations.remove, which says so in its body',
    given: 'an organization exists',
    request: { method: 'DELETE', path: theOrganization },
    response: { status: 200, body: { IsDeleted: true } },
    call: (loginRadius) => loginRadius.organizations.remove(known.organization),
    returns: () => undefined,
  },
  {
    operation: 'roles.list',
    given: 'somebody has a role in the organization',
    request: { method: 'GET', path: theRoles },
    response: { status: 200, body: { Data: eachLike(role) } },
    call: (loginRadius) => loginRadius.roles.list(known.organization),
    returns: dataOf,
  },
  {
    operation: 'roles.create',
    given: 'an organization exists',
    request: { method: 'POST', path: theRoles, body: { Name: 'reader' } },
    response: { status: 200, body: role },
    call: (loginRadius) => loginRadius.roles.create(known.organization, { Name: 'reader' }),
  },
  {
    operation: 'invitations.list of an organization, which has to be named',
    given: 'somebody is invited',
    request: { method: 'GET', path: invitations, query: { orgid: fromState('{organization}', known) } },
    response: { status: 200, body: { Data: eachLike(invitation) } },
    call: (loginRadius) => loginRadius.invitations.list(known.organization),
    returns: dataOf,
  },
  {
    operation: 'invitations.send, camelCase there and PascalCase back',
    given: 'an organization exists',
    request: {
      method: 'POST',
      path: invitations,
      body: {
        email: invited.email,
        roleIds: [fromState('{role}', known)],
        orgId: fromState('{organization}', known),
        inviterUid: fromState('{account}', known),
      },
    },
    response: { status: 200, body: { ...invitation, EmailId: invited.email } },
    call: (loginRadius) => loginRadius.invitations.send(invited),
  },
  {
    operation: 'invitations.update, by other roles',
    given: 'somebody is invited (assumed)',
    request: { method: 'PUT', path: theInvitation, body: { roleIds: [fromState('{role}', known)] } },
    response: { status: 200, body: invitation },
    call: (loginRadius) => loginRadius.invitations.update(known.invitation, { roleIds: [known.role] }),
  },
  {
    operation: 'invitations.resend, without a body',
    given: 'somebody is invited',
    request: { method: 'POST', path: fromState('/v2/manage/invitations/{invitation}/resend', known) },
    response: { status: 200 },
    call: (loginRadius) => loginRadius.invitations.resend(known.invitation),
  },
  {
    operation: 'invitations.revoke, which answers with the invitation',
    given: 'somebody is invited',
    request: { method: 'DELETE', path: theInvitation },
    response: { status: 200, body: invitation },
    call: (loginRadius) => loginRadius.invitations.revoke(known.invitation),
  },
]
