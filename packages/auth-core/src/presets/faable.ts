import type { Operation } from '../policy/operation.ts'
import type { Preset } from './preset.ts'

// Defined first, because a preset is made when its module is loaded.
const organization = 'update:organizations'

/**
 * Faable Auth's management API, one host per tenant.
 *
 * A token request without scopes is granted *everything*, so there is none; unknown scopes are dropped without
 * a word, so what was granted is compared with what was asked. The audience holds the account id and is found
 * by the tenant's own documents. Updates are `POST`, lists page by cursor, and older resources are singular.
 *
 * Left out on purpose: `GET /identity`, whose rows carry the tokens of other identity providers, and
 * `POST /oidc/register`, which is open to everybody and needs no gateway.
 */
export const faable: Preset = {
  name: 'faable',
  title: 'Faable Auth',
  description: 'Users, clients, connections, sessions and organizations of a Faable Auth tenant.',
  url: 'https://{tenant}.auth.faable.link',
  token: {
    grantType: 'client_credentials',
    endpoint: '{origin}/oauth/token',
    // Basic is accepted as well; in a form nobody has to guess how a special sign of the secret was encoded.
    clientAuth: 'client_secret_post',
    body: 'form',
    audienceDiscovery: {
      // Assumed: no public document says under which name the discovery document holds the audience.
      discoveryMember: 'management_audience',
      lookup: { path: '/account/host/{host}', audience: 'faable:management:{id}' },
      mismatch: 'aud_mismatch',
    },
    parameters: {},
    adapt: {
      // 402: the quota of machine tokens is used up. 404: a client that this tenant does not know.
      refusedStatuses: [402, 403, 404],
      normalise: nameTheError,
    },
  },
  emptyScope: 'refuse',
  operations: [
    reads('users.list', '/user', 'read:users'),
    reads('users.get', '/user/{user_id}', 'read:users'),
    changes('users.create', 'POST', '/user', 'create:users'),
    changes('users.import', 'POST', '/user/import', 'create:users', 'update:credentials'),
    changes('users.update', 'POST', '/user/{user_id}', 'update:users'),
    removes('users.remove', '/user/{user_id}', 'delete:users'), // scope assumed
    // The password that was set before is gone.
    destroys('credentials.set-password', '/credentials/{credential_id}/set-password', 'update:credentials'),

    ...crud('clients', '/client', 'client_id'), // all but read:clients assumed
    ...crud('clients.alias', '/clients', 'client_id'),
    ...crud('connections', '/connection', 'connection_id'),
    ...crud('connections.alias', '/connections', 'connection_id'),
    ...crud('apis', '/apis', 'api_id'), // scopes assumed
    ...crud('actions', '/actions', 'action_id'), // scopes assumed
    ...crud('notification-subscriptions', '/notification_subscriptions', 'subscription_id'), // scopes assumed

    reads('logs.list', '/logs', 'read:logs'), // scope assumed
    reads('logs.get', '/logs/{log_id}', 'read:logs'), // scope assumed
    reads('sessions.list', '/session', 'read:sessions'),
    reads('sessions.get', '/session/{session_id}', 'read:sessions'),
    destroys('sessions.revoke', '/session/{session_id}/revoke', 'update:sessions'),

    // Scopes of team invitations are assumed.
    reads('team-invites.list', '/team/{team_id}/invite', 'read:teams'),
    changes('team-invites.create', 'POST', '/team/{team_id}/invite', 'update:teams'),
    removes('team-invites.remove', '/team/{team_id}/invite/{ticket_id}', 'update:teams'),

    // The documents say "…:organizations"; which verb goes with which path is assumed.
    changes('organizations.create', 'POST', '/organization', 'create:organizations'),
    changes('organizations.add-admin', 'POST', '/organization/{organization_id}/admin', organization),
    removes('organizations.remove-admin', '/organization/{organization_id}/admin/{user_id}', organization),
    changes('organizations.add-domain', 'POST', '/organization/{organization_id}/domain', organization),
    changes(
      'organizations.verify-domain',
      'POST',
      '/organization/{organization_id}/domain/{domain}/verify',
      organization,
    ),
    removes('organizations.remove-domain', '/organization/{organization_id}/domain/{domain}', organization),
    changes('organizations.auto-join', 'PUT', '/organization/{organization_id}/auto-join', organization),
    changes('organizations.require-sso', 'PUT', '/organization/{organization_id}/require-sso', organization),
    changes('organizations.assign-team', 'PUT', '/team/{team_id}/organization', organization),
    changes('accounts.update', 'POST', '/account/{account_id}', 'update:accounts'), // scope assumed
  ],
  explains: {
    'mint.refused':
      'Faable refuses the gateway: an unknown client (404), a wrong secret, no such audience, or no machine tokens left in the plan.',
    'mint.rejected-by-upstream':
      'Faable refuses the token of its own endpoint: most often the audience is not that of this tenant (aud_mismatch).',
  },
  webhook: {
    signature: 'x-faable-signature',
    prefixes: ['sha256='],
    timestamp: { field: 'x-faable-timestamp', unit: 'milliseconds' },
    signed: '{timestamp}.{body}',
    delivery: 'x-faable-delivery',
    event: 'x-faable-event',
  },
}

/** `error_code` is there where `error` is too coarse, so it is the error; what follows its colon is detail. */
function nameTheError(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error_code } = body
  return typeof error_code === 'string' ? { ...body, error: error_code.split(':', 1)[0] } : body
}

function reads(name: string, template: string, ...scopes: string[]): Operation {
  return { name, method: 'GET', template, scopes, replay: 'on_401', destructive: false }
}

function changes(name: string, method: 'POST' | 'PUT', template: string, ...scopes: string[]): Operation {
  return { name, method, template, scopes, replay: 'never', destructive: false }
}

function removes(name: string, template: string, ...scopes: string[]): Operation {
  return { name, method: 'DELETE', template, scopes, replay: 'never', destructive: true }
}

/** A `POST` after which something is gone. */
function destroys(name: string, template: string, ...scopes: string[]): Operation {
  return { name, method: 'POST', template, scopes, replay: 'never', destructive: true }
}

/** The five operations of a plain resource; an update is a `POST` to it. Scopes are named after the plural path. */
function crud(name: string, path: string, id: string): readonly Operation[] {
  const noun = path.slice(1).replace(/s?$/, 's')
  return [
    reads(`${name}.list`, path, `read:${noun}`),
    reads(`${name}.get`, `${path}/{${id}}`, `read:${noun}`),
    changes(`${name}.create`, 'POST', path, `create:${noun}`),
    changes(`${name}.update`, 'POST', `${path}/{${id}}`, `update:${noun}`),
    removes(`${name}.remove`, `${path}/{${id}}`, `delete:${noun}`),
  ]
}
