import type { Operation } from '../policy/operation.ts'
import type { Preset } from './preset.ts'

/**
 * AuthAction's management API, one host per tenant and region: `tenant: acme.eu`.
 *
 * The token endpoint was renamed between two versions of the documentation: the new path is asked, the old one
 * where that does not exist. The audience is the tenant's origin without a slash. No scope is documented, and
 * a 401 of the API means both "not granted" and "wrong audience".
 *
 * Confirmed are `users.list` and `passkeys.*`. The paths of all others are assumed from the names of the
 * resource groups; where a tenant differs, the configuration replaces an operation by name.
 */
export const authAction: Preset = {
  name: 'authaction',
  title: 'AuthAction',
  description: 'Users, roles, applications, organizations and passkeys of an AuthAction tenant.',
  url: 'https://{tenant}.authaction.com',
  token: {
    grantType: 'client_credentials',
    endpoint: '{origin}/oauth2/m2m/token',
    fallbackEndpoint: '{origin}/oauth/m2m/token',
    clientAuth: 'client_secret_post',
    body: 'json',
    audience: '{origin}',
    parameters: {},
    // Assumed: 403 says that the client has no grant for the audience.
    adapt: { refusedStatuses: [403] },
  },
  emptyScope: 'allow',
  operations: [
    reads('users.list', '/users'),
    reads('users.get', '/users/{user_id}'),
    changes('users.create', 'POST', '/users'),
    changes('users.update', 'PATCH', '/users/{user_id}'),
    removes('users.remove', '/users/{user_id}'),
    reads('user-roles.list', '/users/{user_id}/roles'),
    changes('user-roles.add', 'POST', '/users/{user_id}/roles'),
    removes('user-roles.remove', '/users/{user_id}/roles'),

    ...crud('applications', '/applications', 'application_id'),
    ...crud('api-servers', '/api-servers', 'api_server_id'),
    ...crud('connections', '/connections', 'connection_id'),
    ...crud('roles', '/roles', 'role_id'),
    ...crud('organizations', '/organizations', 'organization_id'),
    reads('organization-members.list', '/organizations/{organization_id}/members'),
    changes('organization-members.add', 'POST', '/organizations/{organization_id}/members'),
    removes('organization-members.remove', '/organizations/{organization_id}/members/{user_id}'),
    reads('member-roles.list', '/organizations/{organization_id}/members/{user_id}/roles'),
    changes('member-roles.add', 'POST', '/organizations/{organization_id}/members/{user_id}/roles'),
    removes('member-roles.remove', '/organizations/{organization_id}/members/{user_id}/roles'),
    reads('plans.list', '/plans'),

    changes('passkeys.register', 'POST', '/passkey-plus/{app_id}/transaction/register'),
    changes('passkeys.authenticate', 'POST', '/passkey-plus/{app_id}/transaction/authenticate'),
    // A nonce counts once, so it is not sent twice.
    changes('passkeys.verify', 'POST', '/passkey-plus/{app_id}/authenticate/verify'),
  ],
  explains: {
    'mint.refused':
      'AuthAction refuses the gateway: a wrong client id or secret, or a client without access to the Management API.',
    'mint.rejected-by-upstream':
      "AuthAction answers 401 to a token of its own: the application is not granted the Management API (its APIServer tab), or the audience is not exactly the tenant's origin.",
  },
}

function reads(name: string, template: string): Operation {
  return operation(name, 'GET', template, { replay: 'on_401', destructive: false })
}

function changes(name: string, method: 'POST' | 'PATCH', template: string): Operation {
  return operation(name, method, template, { replay: 'never', destructive: false })
}

function removes(name: string, template: string): Operation {
  return operation(name, 'DELETE', template, { replay: 'never', destructive: true })
}

/** No scopes are documented, and everything lies below one prefix. */
function operation(
  name: string,
  method: string,
  path: string,
  effect: Pick<Operation, 'replay' | 'destructive'>,
): Operation {
  return { name, method, template: `/api/v1${path}`, scopes: [], ...effect }
}

/** The five operations of a plain resource, all of them assumed. */
function crud(name: string, path: string, id: string): readonly Operation[] {
  return [
    reads(`${name}.list`, path),
    reads(`${name}.get`, `${path}/{${id}}`),
    changes(`${name}.create`, 'POST', path),
    changes(`${name}.update`, 'PATCH', `${path}/{${id}}`),
    removes(`${name}.remove`, `${path}/{${id}}`),
  ]
}
