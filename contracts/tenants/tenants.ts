import { knownEmail } from '../gateway-faable-api/states.ts'
import { always, calling, clientOf, ids, pairsOf, sectionOf, valuesOf } from './arrange.ts'
import { aurinko } from './aurinko.ts'
import type { Tenant } from './tenant.ts'

/** Every upstream that can be verified, by the name of its preset. */
export const tenants: ReadonlyMap<string, Tenant> = new Map<string, Tenant>([
  ['inbox-manager', inboxManager()],
  ['faable', faable()],
  ['authaction', authAction()],
  ['loginradius', loginRadius()],
  ['aurinko', aurinko()],
])

function inboxManager(): Tenant {
  return {
    required: {
      AUTH_BACKEND_ADMIN_CLIENT_ID: 'client id of an application made for tests',
      AUTH_BACKEND_ADMIN_CLIENT_SECRET: 'its secret',
    },
    optional: {
      INBOX_MANAGER_URL: 'base URL of the API, if not the preset’s',
      INBOX_MANAGER_TOKEN_ENDPOINT: 'address of the token endpoint, if not the preset’s',
      ...ids('INBOX_MANAGER', ['application', 'parent', 'account', 'user', 'member']),
    },
    pairs(read) {
      const section = sectionOf('inbox-manager', 'AUTH_BACKEND_ADMIN', read, {
        url: read('INBOX_MANAGER_URL'),
        endpoint: read('INBOX_MANAGER_TOKEN_ENDPOINT'),
      })
      const named = valuesOf('INBOX_MANAGER', ['application', 'parent', 'account', 'user', 'member'], read)
      const calls = calling(section, () => named)
      return pairsOf(section, clientOf(section), {
        ...always('nothing but the parent account exists', calls),
        ...always('an account and a user exist', calls),
        ...always('the user is a member of the account', calls),
      })
    },
  }
}

function faable(): Tenant {
  return {
    required: {
      FAABLE_URL: 'address of a tenant made for tests',
      FAABLEAUTH_CLIENT_ID: 'client id',
      FAABLEAUTH_CLIENT_SECRET: 'its secret',
    },
    optional: {
      FAABLE_AUDIENCE: 'faable:management:<account id>; without it the token’s contract is left out in part',
      FAABLE_USER: `a user with the email ${knownEmail}, to be used up`,
      FAABLE_SESSION: 'a session, to be used up',
      FAABLE_LOG: 'an entry of the log, which has another one',
      FAABLE_CURSOR: '`next` of GET /user?pageSize=1 where there are two users',
    },
    pairs(read) {
      const section = sectionOf('faable', 'FAABLEAUTH', read, { url: read('FAABLE_URL') })
      const named = valuesOf('FAABLE', ['user', 'session', 'log', 'cursor'], read)
      const users = ['read:users', 'create:users', 'update:users', 'delete:users']
      const scopes = [...users, 'read:sessions', 'update:sessions', 'read:logs']
      const calls = calling(section, () => named, { scopes })
      const host = new URL(section.url ?? '').hostname
      const client = { ...clientOf(section), host, ...valuesOf('FAABLE', ['audience'], read) }
      return pairsOf(
        section,
        client,
        {
          ...always('nobody is there', calls),
          ...always('a user exists', calls),
          'two users exist': calls,
          'a session is active': calls,
          'two things have been logged': calls,
          'the token lacks the scope': calling(section, () => ({}), { scopes: ['read:clients'] }),
        },
        { 'a session is active': ['session'], 'two things have been logged': ['log'] },
      )
    },
  }
}

function authAction(): Tenant {
  return {
    required: {
      AUTHACTION_URL: 'address of a tenant made for tests',
      AUTHACTION_CLIENT_ID: 'client id',
      AUTHACTION_CLIENT_SECRET: 'its secret',
    },
    optional: {
      ...ids('AUTHACTION', ['user', 'role', 'organization', 'application']),
      AUTHACTION_NONCE: 'nonce of a confirmed passkey, good for once',
    },
    pairs(read) {
      const section = sectionOf('authaction', 'AUTHACTION', read, { url: read('AUTHACTION_URL') })
      const named = valuesOf('AUTHACTION', ['user', 'role', 'organization', 'application', 'nonce'], read)
      const calls = calling(section, () => named)
      const audience = new URL(section.url ?? '').origin
      return pairsOf(
        section,
        { ...clientOf(section), audience },
        {
          ...always('a user exists', calls),
          'the user has a role (assumed)': calls,
          'the user is a member of an organization (assumed)': calls,
          'an application has passkeys': calls,
          'a person has confirmed a passkey': calls,
        },
        {
          'the user has a role (assumed)': ['role'],
          'the user is a member of an organization (assumed)': ['organization'],
        },
      )
    },
  }
}

function loginRadius(): Tenant {
  const names = ['organization', 'role', 'account', 'invitation', 'domain', 'connection'] as const
  return {
    required: {
      LOGINRADIUS_TOKEN_ENDPOINT:
        'https://<tenant>.hub.loginradius.com/service/oauth/token of a tenant made for tests',
      LOGINRADIUS_CLIENT_ID: 'client id of its machine-to-machine client',
      LOGINRADIUS_CLIENT_SECRET: 'its secret',
      LOGINRADIUS_API_KEY: 'API key of the tenant',
      LOGINRADIUS_API_SECRET: 'its secret',
    },
    optional: { LOGINRADIUS_URL: 'base URL of the API, if not the preset’s', ...ids('LOGINRADIUS', names) },
    pairs(read) {
      const keys = {
        api_key: read('LOGINRADIUS_API_KEY') ?? '',
        api_secret: read('LOGINRADIUS_API_SECRET') ?? '',
      }
      const at = { url: read('LOGINRADIUS_URL'), endpoint: read('LOGINRADIUS_TOKEN_ENDPOINT') }
      const section = sectionOf('loginradius', 'LOGINRADIUS', read, { ...at, keys })
      const named = valuesOf('LOGINRADIUS', names, read)
      const held = { ...clientOf(section), apiKey: keys.api_key, apiSecret: keys.api_secret }
      const calls = calling(section, () => ({ ...held, ...named }))
      return pairsOf(
        section,
        clientOf(section),
        {
          ...always('an organization exists', calls),
          'somebody has a role in the organization': calls,
          ...always('somebody is invited', calls),
          ...always('a domain is not verified yet', calls),
          'a connection exists (assumed)': calls,
          'the API key is not that of a tenant': calling(section, () => ({
            ...held,
            otherKey: '00000000-0000-4000-8000-000000000000',
          })),
        },
        {
          'somebody has a role in the organization': ['role'],
          ...always('somebody is invited', ['invitation']),
          ...always('a domain is not verified yet', ['domain']),
          'a connection exists (assumed)': ['connection'],
        },
      )
    },
  }
}
