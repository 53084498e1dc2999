import { type Accept, type CallOptions, call } from './call.ts'
import type { Client } from './create-client.ts'
import { type CursorPages, cursorPages } from './cursor-pages.ts'
import type {
  FaableImportedRow,
  FaableListing,
  FaableLog,
  FaableNamed,
  FaableRecord,
  FaableSession,
  FaableUser,
  FaableUserChange,
  FaableUserFields,
} from './faable-records.ts'
import { hasId } from './has-id.ts'
import { path } from './path.ts'
import type { Upstream } from './upstream.ts'

/** How Faable Auth is set up at this gateway. */
export interface FaableOptions {
  /** Its name in the gateway's configuration. Default `faable`. */
  readonly upstream?: string
  /** The parameter that carries a cursor: the vendor's own code has both. Default `cursor`. */
  readonly cursorParam?: 'cursor' | 'next'
}

/** Reading a resource. */
export interface FaableReadable<T> {
  list(listing?: FaableListing, options?: CallOptions): CursorPages<T>
  get(id: string, options?: CallOptions): Promise<T>
}

/** A resource with nothing special to it. */
export interface FaableResource<T> extends FaableReadable<T> {
  create(fields: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<T>
  update(id: string, fields: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<T>
  remove(id: string, options?: CallOptions): Promise<void>
}

/**
 * The management operations of Faable Auth. Lists are fetched as far as they are read: `await
 * listUsers().first()` for a page, `for await (const user of listUsers())` for all. Every call rejects with
 * {@link GatewayError}, {@link UpstreamError} (branch on `error_code` of its body, never on the message),
 * {@link GatewayUnreachableError}, {@link IdentityError} or the signal's reason; an id is one segment of a
 * path whatever it contains, and an empty one, `.` or `..` is a `TypeError`.
 */
export interface Faable {
  listUsers(listing?: FaableListing, options?: CallOptions): CursorPages<FaableUser>
  getUser(userId: string, options?: CallOptions): Promise<FaableUser>
  /** An email that is taken is 400 `already_exists` with this upstream, not 409. */
  createUser(user: FaableUserFields, options?: CallOptions): Promise<FaableUser>
  updateUser(userId: string, change: FaableUserChange, options?: CallOptions): Promise<FaableUser>
  removeUser(userId: string, options?: CallOptions): Promise<void>
  /** At most 500 at once, each for itself: one bad row does not fail the others. */
  importUsers(
    users: readonly (FaableUserFields & { readonly password_hash?: unknown })[],
    options?: CallOptions,
  ): Promise<readonly FaableImportedRow[]>
  setPassword(credentialId: string, password: string, options?: CallOptions): Promise<void>

  readonly clients: FaableResource<FaableNamed>
  readonly connections: FaableResource<FaableNamed>
  readonly apis: FaableResource<FaableNamed>
  readonly logs: FaableReadable<FaableLog>
  readonly sessions: FaableReadable<FaableSession> & {
    /** Ends a session; the second time it is 409 `session_already_revoked`. */
    revoke(sessionId: string, options?: CallOptions): Promise<void>
  }
}

/** Typed calls for Faable Auth through a gateway. */
export function faable(client: Pick<Client, 'upstream'>, options: FaableOptions = {}): Faable {
  const { upstream: name = 'faable', cursorParam = 'cursor' } = options
  const to = { upstream: client.upstream(name), cursorParam }
  const users = resource<FaableUser>(to, '/user')
  return {
    listUsers: users.list,
    getUser: users.get,
    createUser: async (user, callOptions) => users.create({ ...user }, callOptions),
    updateUser: async (id, change, callOptions) => users.update(id, { ...change }, callOptions),
    removeUser: users.remove,
    importUsers: async (rows, callOptions) => {
      const request = { method: 'POST', path: '/user/import', body: { users: rows } } as const
      return (await call(to.upstream, request, callOptions, isImport)).results
    },
    setPassword: async (id, password, callOptions) => {
      const at = path`/credentials/${id}/set-password`
      return call(to.upstream, { method: 'POST', path: at, body: { password } }, callOptions)
    },
    clients: resource(to, '/client'),
    connections: resource(to, '/connection'),
    apis: resource(to, '/apis'),
    logs: readable(to, '/logs'),
    sessions: {
      ...readable<FaableSession>(to, '/session'),
      revoke: async (id, callOptions) =>
        call(to.upstream, { method: 'POST', path: path`/session/${id}/revoke` }, callOptions),
    },
  }
}

/** Where calls go, and how this tenant wants its cursors. */
interface Destination {
  readonly upstream: Upstream
  readonly cursorParam: string
}

function readable<T extends FaableRecord>(to: Destination, at: string): FaableReadable<T> {
  const accept: Accept<T> = hasId
  return {
    list: (listing, options) =>
      cursorPages<T>((cursor, acceptPage) => {
        const query = queryOf(listing, cursor === undefined ? {} : { [to.cursorParam]: cursor })
        return call(to.upstream, { method: 'GET', path: at + query }, options, acceptPage)
      }, accept),
    get: async (id, options) =>
      call(to.upstream, { method: 'GET', path: at + path`/${id}` }, options, accept),
  }
}

/** Updates are a `POST` to the resource. */
function resource<T extends FaableRecord>(to: Destination, at: string): FaableResource<T> {
  const accept: Accept<T> = hasId
  return {
    ...readable<T>(to, at),
    create: async (body, options) => call(to.upstream, { method: 'POST', path: at, body }, options, accept),
    update: async (id, body, options) =>
      call(to.upstream, { method: 'POST', path: at + path`/${id}`, body }, options, accept),
    remove: async (id, options) => call(to.upstream, { method: 'DELETE', path: at + path`/${id}` }, options),
  }
}

function queryOf(
  { expand, ...listing }: FaableListing = {},
  cursor: Readonly<Record<string, string>>,
): string {
  const fields = { ...listing, ...(expand && { expand: expand.join(',') }), ...cursor }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
}

function isImport(value: unknown): value is { readonly results: readonly FaableImportedRow[] } {
  return typeof value === 'object' && value !== null && 'results' in value && Array.isArray(value.results)
}
