import type { Exception } from './find-gaps.ts'

/** What is public and in no contract, and why. What is in one, or is gone, may not stand here. */
export const notInContract: readonly Exception[] = [
  {
    why: 'probes and metrics are for whoever runs the gateway, and documented in docs/observability.md',
    names: ['route GET /livez', 'route GET /readyz', 'route GET /metrics'],
  },
  {
    why: 'OpenID AuthZEN is the contract',
    names: [
      'route POST /access/v1/evaluation',
      'route POST /access/v1/evaluations',
      'route GET /.well-known/authzen-configuration',
    ],
  },
  {
    why: 'an administrator goes there with a browser, and their vendor sends them back',
    names: [
      'route GET /connect/:upstream',
      'route GET /connect/:upstream/start',
      'route GET /connect/:upstream/callback',
      'route GET /connect/:upstream/forward',
    ],
  },
  {
    why: 'the vendor says what a delivery is; gateway-messages has what is handed on, and reads the key set',
    names: [
      'route POST /hooks/:upstream',
      'route GET /.well-known/jwks.json',
      ...codes('webhook', 'refused repeated undeliverable'),
    ],
  },
  {
    why: 'it takes a request that no client sends by itself: huge, slow, with Expect or Upgrade',
    names: codes('request', 'too-large timeout expectation unsupported'),
  },
  { why: 'nobody is there to be answered', names: ['code client.gone'] },
  { why: 'a process that has run out of descriptors cannot be asked for', names: ['code gateway.exhausted'] },
  { why: 'a defect cannot be asked for', names: ['code gateway.unexpected'] },
  {
    why: 'the preset has it, and no service here calls it; who does, writes its contract',
    names: [
      ...operations('aurinko account', 'remove revoke-token'),
      ...operations('aurinko personal-accounts', 'list get save check remove'),
      ...operations('aurinko subscriptions', 'list get create remove'),
      ...operations('aurinko calendars', 'create update'),
      ...operations('aurinko events', 'remove'),
      ...operations('aurinko folders', 'list'),
      ...operations('aurinko messages', 'get remove'),
      ...operations('aurinko contacts', 'start-sync list-updated list-deleted get create update remove'),
      ...operations('aurinko task-lists', 'list get create remove'),
      ...operations('aurinko tasks', 'list get create update remove'),
      ...operations('authaction applications', 'list get create update remove'),
      ...operations('authaction api-servers', 'list get create update remove'),
      ...operations('authaction connections', 'list get create update remove'),
      ...operations('authaction roles', 'list get create update remove'),
      ...operations('authaction organizations', 'get create update remove'),
      ...operations('authaction organization-members', 'add remove'),
      ...operations('authaction member-roles', 'list remove'),
      ...operations('authaction plans', 'list'),
      ...operations('faable users', 'import'),
      ...operations('faable credentials', 'set-password'),
      ...operations('faable clients', 'list get create update remove'),
      ...operations('faable clients.alias', 'list get create update remove'),
      ...operations('faable connections', 'list get create update remove'),
      ...operations('faable connections.alias', 'list get create update remove'),
      ...operations('faable apis', 'list get create update remove'),
      ...operations('faable actions', 'list get create update remove'),
      ...operations('faable notification-subscriptions', 'list get create update remove'),
      ...operations('faable team-invites', 'list create remove'),
      ...operations(
        'faable organizations',
        'create add-admin remove-admin add-domain verify-domain remove-domain',
      ),
      ...operations('faable organizations', 'auto-join require-sso assign-team'),
      ...operations('faable accounts', 'update'),
      ...operations('inbox-manager account-views', 'switch'),
      ...operations('loginradius organization-contexts', 'list'),
      ...operations('loginradius domains', 'remove'),
      ...operations('loginradius account-contexts', 'set-roles set-tenant-roles remove remove-all'),
      ...operations('loginradius connections', 'set-status remove'),
    ],
  },
]

function operations(of: string, names: string): readonly string[] {
  return names.split(' ').map((name) => `operation ${of}.${name}`)
}

function codes(of: string, names: string): readonly string[] {
  return names.split(' ').map((name) => `code ${of}.${name}`)
}
