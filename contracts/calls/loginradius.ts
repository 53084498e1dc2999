import type { LoginRadius } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-loginradius-api/states.ts'
import { type ApiCall, type Shown, shownToken } from '../support/api-tests.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { gatewayCredential, gatewaySecrets } from '../support/start-gateway.ts'

const { eachLike } = MatchersV3

/** What the gateway holds, under the names by which a state hands over what really is good. */
const held = {
  apiKey: gatewaySecrets.CONTRACT_API_KEY,
  apiSecret: gatewaySecrets.CONTRACT_API_SECRET,
  clientId: gatewayCredential.client_id,
  clientSecret: gatewaySecrets.CONTRACT_CLIENT_SECRET,
}
const apikey = fromState('{apiKey}', held)

/** The minted token, with the key in the query and beside it. */
export const machineToken: Shown = {
  headers: { 'x-loginradius-apikey': apikey, ...shownToken.headers },
  query: { apikey },
}

const keyAndSecret: Shown = { headers: {}, query: { apikey, apisecret: fromState('{apiSecret}', held) } }

const clientAndSecret: Shown = {
  headers: {},
  query: {
    apikey,
    client_id: fromState('{clientId}', held),
    client_secret: fromState('{clientSecret}', held),
  },
}

const opaque = (example: string) => wholly(/[\w-]+/, example)
const organization = { Id: opaque(known.organization) }
const organizations = '/v2/manage/organizations'
const theOrganization = fromState(`${organizations}/{organization}`, known)
const invitation = { Id: opaque(known.invitation) }
const invited = {
  email: 'ada@contract.example',
  roleIds: [known.role],
  orgId: known.organization,
  inviterUid: known.account,
}
const dataOf = (body: unknown) => Object(body).Data

/** One call of each kind: which credential it goes by, in which casing it asks, what it gets. */
export const loginRadiusCalls: readonly (ApiCall<ApiState, LoginRadius> & { readonly shown: Shown })[] = [
  {
    operation: 'organizations.list, all of them in an envelope',
    given: 'an organization exists',
    request: { method: 'GET', path: organizations },
    shown: machineToken,
    response: { status: 200, body: { Data: eachLike(organization) } },
    call: (loginRadius) => loginRadius.organizations.list(),
    returns: dataOf,
  },
  {
    operation: 'organizations.get',
    given: 'an organization exists',
    request: { method: 'GET', path: theOrganization },
    shown: machineToken,
    response: { status: 200, body: organization },
    call: (loginRadius) => loginRadius.organizations.get(known.organization),
  },
  {
    operation: 'organizations.create',
    given: 'an organization exists',
    request: { method: 'POST', path: organizations, body: { Name: 'Contract' } },
    shown: machineToken,
    response: { status: 200, body: organization },
    call: (loginRadius) => loginRadius.organizations.create({ Name: 'Contract' }),
  },
  {
    operation: 'organizations.update, a PUT',
    given: 'an organization exists',
    request: { method: 'PUT', path: theOrganization, body: { Name: 'Contract', IsActive: true } },
    shown: machineToken,
    response: { status: 200, body: organization },
    call: (loginRadius) =>
      loginRadius.organizations.update(known.organization, { Name: 'Contract', IsActive: true }),
  },
  {
    operation: 'organizations.remove, which says so in its body',
    given: 'an organization exists',
    request: { method: 'DELETE', path: theOrganization },
    shown: machineToken,
    response: { status: 200, body: { IsDeleted: true } },
    call: (loginRadius) => loginRadius.organizations.remove(known.organization),
    returns: () => undefined,
  },
  {
    operation: 'invitations.send, camelCase there and PascalCase back',
    given: 'an organization exists',
    request: {
      method: 'POST',
      path: '/v2/manage/invitations',
      body: {
        email: invited.email,
        roleIds: [fromState('{role}', known)],
        orgId: fromState('{organization}', known),
        inviterUid: fromState('{account}', known),
      },
    },
    shown: machineToken,
    response: { status: 200, body: { ...invitation, EmailId: invited.email } },
    call: (loginRadius) => loginRadius.invitations.send(invited),
  },
  {
    operation: 'invitations.revoke, which answers with the invitation',
    given: 'somebody is invited',
    request: { method: 'DELETE', path: fromState('/v2/manage/invitations/{invitation}', known) },
    shown: machineToken,
    response: { status: 200, body: invitation },
    call: (loginRadius) => loginRadius.invitations.revoke(known.invitation),
  },
  {
    operation: 'domains.verify, a POST on the domain itself',
    given: 'a domain is not verified yet (assumed)',
    request: { method: 'POST', path: fromState(`${organizations}/{organization}/domains/{domain}`, known) },
    shown: keyAndSecret,
    response: { status: 200, body: { Id: opaque(known.domain) } },
    call: (loginRadius) => loginRadius.domains.verify(known.organization, known.domain),
  },
  {
    operation: 'connections.list',
    given: 'a connection exists (assumed)',
    request: { method: 'GET', path: fromState(`${organizations}/{organization}/connections`, known) },
    shown: clientAndSecret,
    response: { status: 200, body: { Data: eachLike({ Id: opaque('conn_contract') }) } },
    call: (loginRadius) => loginRadius.connections.list(known.organization),
    returns: dataOf,
  },
]
