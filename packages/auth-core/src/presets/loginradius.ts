import type { Operation } from '../policy/operation.ts'
import type { Preset } from './preset.ts'

/**
 * LoginRadius Partner IAM: organizations, their invitations, roles, domains and connections.
 *
 * Tokens come from the tenant's `hub.`, the API is one host for all tenants, and the audience still holds the
 * path of an older generation of it. Three credentials are in use, two of them in the query; the vendor
 * documents all of them for the group and says nowhere which of them an operation insists on (assumed: any
 * one will do). What is listed here goes by where the vendor's pages show each one: machine tokens for
 * organizations and invitations, tenant key and secret for domains and account contexts, the client's id and
 * secret for connections.
 *
 * Scopes belong to the client and are set in the vendor's console, so a token request names none. There is
 * no paging and no idempotency key; what changes something is never repeated.
 */
export const loginradius: Preset = {
  name: 'loginradius',
  title: 'LoginRadius Partner IAM',
  description: 'Organizations, invitations, roles, domains and connections of a LoginRadius tenant.',
  url: 'https://api.loginradius.com',
  token: {
    grantType: 'client_credentials',
    endpoint: 'https://{tenant}.hub.loginradius.com/service/oauth/token',
    clientAuth: 'client_secret_post',
    body: 'json',
    audience: 'https://api.loginradius.com/identity/v2/manage',
    parameters: {},
    adapt: { normalise: readLifetime },
  },
  credentials: {
    m2m: {
      authorization: 'bearer',
      query: { apikey: 'api_key' },
      headers: { 'x-loginradius-apikey': 'api_key' },
    },
    'key-secret': { authorization: 'none', query: { apikey: 'api_key', apisecret: 'api_secret' } },
    'client-secret': {
      authorization: 'none',
      query: { apikey: 'api_key', client_id: 'client_id', client_secret: 'client_secret' },
    },
  },
  emptyScope: 'allow',
  operations: [
    ...shownAs('m2m', [
      reads('organizations.list', '/v2/manage/organizations'),
      reads('organizations.get', '/v2/manage/organizations/{org_id}'),
      changes('organizations.create', 'POST', '/v2/manage/organizations'),
      changes('organizations.update', 'PUT', '/v2/manage/organizations/{org_id}'),
      removes('organizations.remove', '/v2/manage/organizations/{org_id}'),
      reads('organization-contexts.list', '/v2/manage/organizations/{org_id}/orgcontext'),

      reads('roles.list', '/v2/manage/organizations/{org_id}/roles'),
      changes('roles.create', 'POST', '/v2/manage/organizations/{org_id}/roles'),

      reads('invitations.list', '/v2/manage/invitations'),
      changes('invitations.send', 'POST', '/v2/manage/invitations'),
      changes('invitations.update', 'PUT', '/v2/manage/invitations/{invitation_id}'),
      changes('invitations.resend', 'POST', '/v2/manage/invitations/{invitation_id}/resend'),
      removes('invitations.revoke', '/v2/manage/invitations/{invitation_id}'),
    ]),
    ...shownAs('key-secret', [
      reads('domains.list', '/v2/manage/organizations/{org_id}/domains'),
      reads('domains.get', '/v2/manage/organizations/{org_id}/domains/{domain_id}'),
      changes('domains.add', 'POST', '/v2/manage/organizations/{org_id}/domains'),
      // To verify is a POST on the domain itself, without a body.
      changes('domains.verify', 'POST', '/v2/manage/organizations/{org_id}/domains/{domain_id}'),
      removes('domains.remove', '/v2/manage/organizations/{org_id}/domains/{domain_id}'),

      reads('account-contexts.list', '/v2/manage/account/{uid}/orgcontext'),
      reads('account-contexts.get', '/v2/manage/account/{uid}/orgcontext/{org_id}'),
      changes('account-contexts.set-roles', 'PUT', '/v2/manage/account/{uid}/orgcontext/{org_id}/roles'),
      changes('account-contexts.set-tenant-roles', 'PUT', '/v2/manage/account/{uid}/orgcontext/roles'),
      removes('account-contexts.remove', '/v2/manage/account/{uid}/orgcontext/{org_id}'),
      removes('account-contexts.remove-all', '/v2/manage/account/{uid}/orgcontext'),
    ]),
    ...shownAs('client-secret', [
      reads('connections.list', '/v2/manage/organizations/{org_id}/connections'),
      reads('connections.get', '/v2/manage/organizations/{org_id}/connections/{connection_id}'),
      changes('connections.create', 'POST', '/v2/manage/organizations/{org_id}/connections'),
      changes('connections.update', 'PUT', '/v2/manage/organizations/{org_id}/connections/{connection_id}'),
      changes(
        'connections.set-status',
        'PUT',
        '/v2/manage/organizations/{org_id}/connections/{connection_id}/status',
      ),
      removes('connections.remove', '/v2/manage/organizations/{org_id}/connections/{connection_id}'),
    ]),
  ],
  explains: {
    'mint.refused':
      'LoginRadius refuses the gateway: an unknown client (invalid_client), a wrong secret (unauthorized_client), or an audience it does not know.',
    'upstream.credential-refused':
      "LoginRadius refuses the gateway's key, secret or client. A 403 is not about credentials but about addresses and plans.",
  },
}

/** `expire_in`, a string, is how the current API spells `expires_in`; an older page has the standard's name. */
function readLifetime(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { expire_in, ...standard } = body
  return { expires_in: expire_in, ...standard }
}

function shownAs(credential: string, operations: readonly Operation[]): readonly Operation[] {
  return operations.map((operation) => ({ ...operation, credential }))
}

function reads(name: string, template: string): Operation {
  return { name, method: 'GET', template, scopes: [], replay: 'on_401', destructive: false }
}

function changes(name: string, method: 'POST' | 'PUT', template: string): Operation {
  return { name, method, template, scopes: [], replay: 'never', destructive: false }
}

function removes(name: string, template: string): Operation {
  return { name, method: 'DELETE', template, scopes: [], replay: 'never', destructive: true }
}
