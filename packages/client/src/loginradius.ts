import { type Accept, type Call, type CallOptions, call } from './call.ts'
import type { Client } from './create-client.ts'
import type { LoginRadius } from './loginradius-api.ts'
import { path } from './path.ts'

/** How LoginRadius is set up at this gateway. */
export interface LoginRadiusOptions {
  /** Its name in the gateway's configuration. Default `loginradius`. */
  readonly upstream?: string
  /** Below which path the API is. Default `/v2/manage`. */
  readonly prefix?: string
}

/** Typed calls for LoginRadius Partner IAM through a gateway. */
export function loginradius(
  client: Pick<Client, 'upstream'>,
  { upstream: name = 'loginradius', prefix = '/v2/manage' }: LoginRadiusOptions = {},
): LoginRadius {
  const upstream = client.upstream(name)
  const below = (request: Call): Call => ({ ...request, path: prefix + request.path })
  const to: Sender = {
    one<T extends Identified>(request: Call, options?: CallOptions) {
      const accept: Accept<T> = hasPascalId
      return call(upstream, below(request), options, accept)
    },
    async list<T extends Identified>(request: Call, options?: CallOptions) {
      const accept: Accept<Data<T>> = isData
      return (await call(upstream, below(request), options, accept)).Data
    },
    async remove(at, options) {
      await call(upstream, below({ method: 'DELETE', path: at }), options, isDeleted)
    },
    tell: (request, options) => call(upstream, below(request), options),
  }
  return {
    organizations: organizationCalls(to),
    roles: {
      list: async (id, options) => to.list(get(path`/organizations/${id}/roles`), options),
      create: async (id, body, options) =>
        to.one({ method: 'POST', path: path`/organizations/${id}/roles`, body }, options),
    },
    invitations: invitationCalls(to),
    domains: domainCalls(to),
    connections: connectionCalls(to),
    accountContexts: accountContextCalls(to),
  }
}

interface Identified {
  readonly Id?: string
}

interface Data<T> {
  readonly Data: readonly T[]
}

/** The four kinds of answer that there are. */
interface Sender {
  one<T extends Identified>(request: Call, options?: CallOptions): Promise<T>
  list<T extends Identified>(request: Call, options?: CallOptions): Promise<readonly T[]>
  remove(at: string, options?: CallOptions): Promise<void>
  tell(request: Call, options?: CallOptions): Promise<void>
}

function organizationCalls(to: Sender): LoginRadius['organizations'] {
  const at = '/organizations'
  return {
    list: async (options) => to.list(get(at), options),
    get: async (id, options) => to.one(get(at + path`/${id}`), options),
    create: async (body, options) => to.one({ method: 'POST', path: at, body }, options),
    update: async (id, body, options) => to.one({ method: 'PUT', path: at + path`/${id}`, body }, options),
    remove: async (id, options) => to.remove(at + path`/${id}`, options),
    contexts: async (id, options) => to.list(get(at + path`/${id}/orgcontext`), options),
  }
}

function invitationCalls(to: Sender): LoginRadius['invitations'] {
  const at = '/invitations'
  return {
    list: async (orgId, options) => to.list(get(`${at}?${new URLSearchParams({ orgid: orgId })}`), options),
    send: async ({ invitationUrl, ...body }, options) => {
      const query =
        invitationUrl === undefined ? '' : `?${new URLSearchParams({ invitation_url: invitationUrl })}`
      return to.one({ method: 'POST', path: at + query, body }, options)
    },
    update: async (id, body, options) => to.one({ method: 'PUT', path: at + path`/${id}`, body }, options),
    resend: async (id, options) => to.tell({ method: 'POST', path: at + path`/${id}/resend` }, options),
    revoke: async (id, options) => to.one({ method: 'DELETE', path: at + path`/${id}` }, options),
  }
}

function domainCalls(to: Sender): LoginRadius['domains'] {
  const at = (orgId: string) => path`/organizations/${orgId}/domains`
  return {
    list: async (orgId, options) => to.list(get(at(orgId)), options),
    get: async (orgId, id, options) => to.one(get(at(orgId) + path`/${id}`), options),
    add: async (orgId, DomainName, options) =>
      to.one({ method: 'POST', path: at(orgId), body: { DomainName } }, options),
    verify: async (orgId, id, options) => to.one({ method: 'POST', path: at(orgId) + path`/${id}` }, options),
    remove: async (orgId, id, options) => to.remove(at(orgId) + path`/${id}`, options),
  }
}

function connectionCalls(to: Sender): LoginRadius['connections'] {
  const at = (orgId: string) => path`/organizations/${orgId}/connections`
  return {
    list: async (orgId, options) => to.list(get(at(orgId)), options),
    get: async (orgId, id, options) => to.one(get(at(orgId) + path`/${id}`), options),
    create: async (orgId, body, options) => to.one({ method: 'POST', path: at(orgId), body }, options),
    update: async ({ orgId, connectionId }, body, options) =>
      to.one({ method: 'PUT', path: at(orgId) + path`/${connectionId}`, body }, options),
    setStatus: async ({ orgId, connectionId }, IsActive, options) => {
      const request = { method: 'PUT', path: at(orgId) + path`/${connectionId}/status` } as const
      return to.one({ ...request, body: { IsActive } }, options)
    },
    remove: async (orgId, id, options) => to.remove(at(orgId) + path`/${id}`, options),
  }
}

function accountContextCalls(to: Sender): LoginRadius['accountContexts'] {
  const at = (uid: string) => path`/account/${uid}/orgcontext`
  return {
    list: async (uid, options) => to.list(get(at(uid)), options),
    get: async (uid, orgId, options) => to.list(get(at(uid) + path`/${orgId}`), options),
    setRoles: async ({ uid, orgId }, RoleIds, options) =>
      to.list({ method: 'PUT', path: at(uid) + path`/${orgId}/roles`, body: { RoleIds } }, options),
    setTenantRoles: async (uid, RoleIds, options) =>
      to.list({ method: 'PUT', path: `${at(uid)}/roles`, body: { RoleIds } }, options),
    remove: async (uid, orgId, options) => to.remove(at(uid) + path`/${orgId}`, options),
    removeAll: async (uid, options) => to.remove(at(uid), options),
  }
}

function get(at: string): Call {
  return { method: 'GET', path: at }
}

function hasPascalId<T extends Identified>(value: unknown): value is T {
  return typeof value === 'object' && value !== null && 'Id' in value && typeof value.Id === 'string'
}

function isData<T extends Identified>(value: unknown): value is Data<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Data' in value &&
    Array.isArray(value.Data) &&
    value.Data.every(hasPascalId)
  )
}

/** A removal says so in its body; a success that says otherwise is none. */
function isDeleted(value: unknown): value is { readonly IsDeleted: true } {
  return typeof value === 'object' && value !== null && 'IsDeleted' in value && value.IsDeleted === true
}
