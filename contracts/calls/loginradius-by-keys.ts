import type { LoginRadius } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-loginradius-api/states.ts'
import type { ApiCall } from '../support/api-tests.ts'
import { fromState, opaque } from '../support/matchers.ts'

const { eachLike } = MatchersV3
const theOrganization = '/v2/manage/organizations/{organization}'
const theDomains = fromState(`${theOrganization}/domains`, known)
const theDomain = fromState(`${theOrganization}/domains/{domain}`, known)
const theConnections = fromState(`${theOrganization}/connections`, known)
const theConnection = fromState(`${theOrganization}/connections/{connection}`, known)
const domain = { Id: opaque(known.domain) }
const assignment = { Id: opaque('user_role_contract') }
const connection = { Id: opaque(known.connection) }
const dataOf = (body: unknown) => Object(body).Data

/** Domains of an organization, and the roles of an account. */
export const callsByKey: readonly ApiCall<ApiState, LoginRadius>[] = [
  {
    operation: 'domains.list',
    given: 'a domain is not verified yet',
    request: { method: 'GET', path: theDomains },
    response: { status: 200, body: { Data: eachLike(domain) } },
    call: (loginRadius) => loginRadius.domains.list(known.organization),
    returns: dataOf,
  },
  {
    operation: 'domains.get',
    given: 'a domain is not verified yet',
    request: { method: 'GET', path: theDomain },
    response: { status: 200, body: domain },
    call: (loginRadius) => loginRadius.domains.get(known.organization, known.domain),
  },
  {
    operation: 'domains.add',
    given: 'an organization exists',
    request: { method: 'POST', path: theDomains, body: { DomainName: 'contract.example' } },
    response: { status: 200, body: domain },
    call: (loginRadius) => loginRadius.domains.add(known.organization, 'contract.example'),
  },
  {
    operation: 'domains.verify, a POST on the domain itself',
    given: 'a domain is not verified yet (assumed)',
    request: { method: 'POST', path: theDomain },
    response: { status: 200, body: domain },
    call: (loginRadius) => loginRadius.domains.verify(known.organization, known.domain),
  },
  {
    operation: 'account-contexts.list',
    given: 'somebody has a role in the organization',
    request: { method: 'GET', path: fromState('/v2/manage/account/{account}/orgcontext', known) },
    response: { status: 200, body: { Data: eachLike(assignment) } },
    call: (loginRadius) => loginRadius.accountContexts.list(known.account),
    returns: dataOf,
  },
  {
    operation: 'account-contexts.get, of one organization',
    given: 'somebody has a role in the organization',
    request: {
      method: 'GET',
      path: fromState('/v2/manage/account/{account}/orgcontext/{organization}', known),
    },
    response: { status: 200, body: { Data: eachLike(assignment) } },
    call: (loginRadius) => loginRadius.accountContexts.get(known.account, known.organization),
    returns: dataOf,
  },
]

/** Connections of an organization to identity providers. */
export const callsByClient: readonly ApiCall<ApiState, LoginRadius>[] = [
  {
    operation: 'connections.list',
    given: 'a connection exists (assumed)',
    request: { method: 'GET', path: theConnections },
    response: { status: 200, body: { Data: eachLike(connection) } },
    call: (loginRadius) => loginRadius.connections.list(known.organization),
    returns: dataOf,
  },
  {
    operation: 'connections.get',
    given: 'a connection exists (assumed)',
    request: { method: 'GET', path: theConnection },
    response: { status: 200, body: connection },
    call: (loginRadius) => loginRadius.connections.get(known.organization, known.connection),
  },
  {
    operation: 'connections.create',
    given: 'an organization exists (assumed)',
    request: { method: 'POST', path: theConnections, body: { Name: 'sso' } },
    response: { status: 200, body: connection },
    call: (loginRadius) => loginRadius.connections.create(known.organization, { Name: 'sso' }),
  },
  {
    operation: 'connections.update, a PUT',
    given: 'a connection exists (assumed)',
    request: { method: 'PUT', path: theConnection, body: { Name: 'sso' } },
    response: { status: 200, body: connection },
    call: (loginRadius) =>
      loginRadius.connections.update(
        { orgId: known.organization, connectionId: known.connection },
        { Name: 'sso' },
      ),
  },
]
