import type { Operation } from '../policy/operation.ts'
import type { Preset } from './preset.ts'

/**
 * Inbox Manager's auth backend.
 *
 * Tokens come from `auth.`, the admin API is `api.`, and the audience names the API host on the exact byte.
 * Its public clients use the same audience string: what makes a token an admin's is the client alone, so a
 * token is never shared between clients. No scopes and no idempotency keys are documented; what changes
 * something is never repeated.
 *
 * Left out on purpose: `POST /api/accounts/{account_id}/token` on the `auth.` host, which answers with a token.
 */
export const inboxManager: Preset = {
  name: 'inbox-manager',
  title: 'Inbox Manager',
  description: 'Application users, child accounts and account members of an Inbox Manager application.',
  url: 'https://api.inbox-manager.com',
  token: {
    grantType: 'client_credentials',
    endpoint: 'https://auth.inbox-manager.com/oauth2/token',
    clientAuth: 'client_secret_post',
    body: 'json',
    audience: 'https://api.inbox-manager.com',
    parameters: {},
  },
  emptyScope: 'allow',
  operations: [
    changes('users.create', 'POST', '/api/applications/{application_id}/users'),
    removes('users.remove', '/api/users/{user_id}'),

    reads('accounts.list', 'GET', '/api/accounts'),
    reads('accounts.search', 'POST', '/api/accounts/search'),
    reads('accounts.get', 'GET', '/api/accounts/{account_id}'),
    changes('accounts.create', 'POST', '/api/accounts'),
    // Two pages of the vendor's documentation name two paths for a child account; both are served.
    changes('accounts.create-child', 'POST', '/api/accounts/{account_id}/accounts'),
    changes('accounts.update', 'PATCH', '/api/accounts/{account_id}'),
    removes('accounts.remove', '/api/accounts/{account_id}'),
    changes('account-views.switch', 'POST', '/api/account-views/switch'),

    reads('members.list', 'GET', '/api/accounts/{account_id}/members'),
    reads('members.search', 'POST', '/api/accounts/{account_id}/members/search'),
    changes('members.add', 'POST', '/api/accounts/{account_id}/members'),
    changes('members.update', 'PATCH', '/api/accounts/{account_id}/members/{member_id}'),
    removes('members.remove', '/api/accounts/{account_id}/members/{member_id}'),
  ],
}

/** Changes nothing, whatever its method: may be sent once more after a 401. */
function reads(name: string, method: 'GET' | 'POST', template: string): Operation {
  return { name, method, template, scopes: [], replay: 'on_401', destructive: false }
}

function changes(name: string, method: 'POST' | 'PATCH', template: string): Operation {
  return { name, method, template, scopes: [], replay: 'never', destructive: false }
}

function removes(name: string, template: string): Operation {
  return { name, method: 'DELETE', template, scopes: [], replay: 'never', destructive: true }
}
