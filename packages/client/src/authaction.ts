import { type Accept, type Call, type CallOptions, call } from './call.ts'
import type { Client } from './create-client.ts'
import { hasId } from './has-id.ts'
import { path } from './path.ts'

/** A user. Its id is 24 hexadecimal digits. Only these three are documented. */
export interface AuthActionUser {
  readonly id: string
  readonly name?: string
  readonly email?: string
  readonly [field: string]: unknown
}

/** A role (assumed). */
export interface AuthActionRole {
  readonly id: string
  readonly name?: string
}

/** An organization (assumed). */
export interface AuthActionOrganization {
  readonly id: string
  readonly [field: string]: unknown
}

/** Who registers a passkey or signs in with one, in the application's own words. */
export interface PasskeyPerson {
  readonly externalId: string
  readonly displayName: string
}

/** A passkey ceremony; the browser goes on with its `transactionId`. */
export interface PasskeyTransaction {
  readonly transactionId: string
  readonly id?: string
  readonly verified?: boolean
}

/** Who a passkey belongs to, once its nonce is verified. */
export interface VerifiedPasskey {
  readonly id?: string
  readonly verified?: boolean
  readonly [field: string]: unknown
}

/** How AuthAction is set up at this gateway. */
export interface AuthActionOptions {
  /** Its name in the gateway's configuration. Default `authaction`. */
  readonly upstream?: string
}

/**
 * The management operations of AuthAction. Only `listUsers` and the passkey calls are documented; the others are
 * **assumed** and may differ in your tenant. An answer may come bare or in `data`: both are understood.
 *
 * Every call rejects with {@link GatewayError}, {@link UpstreamError}, {@link GatewayUnreachableError},
 * {@link IdentityError} or the signal's reason; an id is one segment of a path whatever it contains, and an
 * empty one, `.` or `..` is a `TypeError`.
 */
export interface AuthAction {
  listUsers(options?: CallOptions): Promise<readonly AuthActionUser[]>
  /** Assumed. */
  getUser(userId: string, options?: CallOptions): Promise<AuthActionUser>
  /** Assumed. */
  createUser(user: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<AuthActionUser>
  /** Assumed. */
  updateUser(
    userId: string,
    change: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<AuthActionUser>
  /** Assumed. */
  removeUser(userId: string, options?: CallOptions): Promise<void>
  /** Assumed. */
  listUserRoles(userId: string, options?: CallOptions): Promise<readonly AuthActionRole[]>
  /** Assumed. */
  addUserRoles(userId: string, roleIds: readonly string[], options?: CallOptions): Promise<void>
  /** Assumed. */
  removeUserRoles(userId: string, roleIds: readonly string[], options?: CallOptions): Promise<void>

  /** Assumed. */
  listOrganizations(options?: CallOptions): Promise<readonly AuthActionOrganization[]>
  /** Assumed. */
  listOrganizationMembers(organizationId: string, options?: CallOptions): Promise<readonly AuthActionUser[]>
  /** Roles of a member in this one organization. Assumed. */
  addMemberRoles(
    ids: { readonly organizationId: string; readonly userId: string },
    roleIds: readonly string[],
    options?: CallOptions,
  ): Promise<void>

  registerPasskey(appId: string, person: PasskeyPerson, options?: CallOptions): Promise<PasskeyTransaction>
  authenticatePasskey(
    appId: string,
    person: PasskeyPerson,
    options?: CallOptions,
  ): Promise<PasskeyTransaction>
  /** A nonce counts once. */
  verifyPasskey(appId: string, nonce: string, options?: CallOptions): Promise<VerifiedPasskey>
}

/** Typed calls for AuthAction through a gateway. */
export function authAction(
  client: Pick<Client, 'upstream'>,
  { upstream: name = 'authaction' }: AuthActionOptions = {},
): AuthAction {
  const upstream = client.upstream(name)
  const ask = async <T>(request: Call, options: CallOptions | undefined, accept: Accept<T>): Promise<T> => {
    const answer = await call(upstream, below(request), options, isBareOrData(accept))
    return accept(answer) ? answer : answer.data
  }
  const tell = (request: Call, options?: CallOptions) => call(upstream, below(request), options)
  const user: Accept<AuthActionUser> = hasId
  const role: Accept<AuthActionRole> = hasId
  const organization: Accept<AuthActionOrganization> = hasId
  return {
    listUsers: async (options) => ask({ method: 'GET', path: '/users' }, options, isListOf(user)),
    getUser: async (id, options) => ask({ method: 'GET', path: path`/users/${id}` }, options, user),
    createUser: async (body, options) => ask({ method: 'POST', path: '/users', body }, options, user),
    updateUser: async (id, body, options) =>
      ask({ method: 'PATCH', path: path`/users/${id}`, body }, options, user),
    removeUser: async (id, options) => tell({ method: 'DELETE', path: path`/users/${id}` }, options),

    listUserRoles: async (id, options) =>
      ask({ method: 'GET', path: path`/users/${id}/roles` }, options, isListOf(role)),
    addUserRoles: async (id, roles, options) =>
      tell({ method: 'POST', path: path`/users/${id}/roles`, body: { roles } }, options),
    removeUserRoles: async (id, roles, options) =>
      tell({ method: 'DELETE', path: path`/users/${id}/roles`, body: { roles } }, options),

    listOrganizations: async (options) =>
      ask({ method: 'GET', path: '/organizations' }, options, isListOf(organization)),
    listOrganizationMembers: async (id, options) =>
      ask({ method: 'GET', path: path`/organizations/${id}/members` }, options, isListOf(user)),
    addMemberRoles: async ({ organizationId, userId }, roles, options) => {
      const at = path`/organizations/${organizationId}/members/${userId}/roles`
      return tell({ method: 'POST', path: at, body: { roles } }, options)
    },

    registerPasskey: async (id, body, options) => {
      const at = path`/passkey-plus/${id}/transaction/register`
      return ask({ method: 'POST', path: at, body }, options, isTransaction)
    },
    authenticatePasskey: async (id, body, options) => {
      const at = path`/passkey-plus/${id}/transaction/authenticate`
      return ask({ method: 'POST', path: at, body }, options, isTransaction)
    },
    verifyPasskey: async (id, nonce, options) => {
      const at = path`/passkey-plus/${id}/authenticate/verify`
      return ask({ method: 'POST', path: at, body: { nonce } }, options, isVerified)
    },
  }
}

function below(request: Call): Call {
  return { ...request, path: `/api/v1${request.path}` }
}

function isBareOrData<T>(accept: Accept<T>): Accept<T | { readonly data: T }> {
  return (value): value is T | { readonly data: T } =>
    accept(value) || (isObject(value) && accept(value.data))
}

function isListOf<T>(accept: Accept<T>): Accept<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(accept)
}

function isTransaction(value: unknown): value is PasskeyTransaction {
  return isObject(value) && typeof value.transactionId === 'string'
}

/** The vendor documents nothing of it; an object without `data` is what it must be at least. */
function isVerified(value: unknown): value is VerifiedPasskey {
  return isObject(value) && !('data' in value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
