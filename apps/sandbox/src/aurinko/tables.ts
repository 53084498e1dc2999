import { randomBytes } from 'node:crypto'

/** What an account's token is good for. */
export type TokenStatus = 'active' | 'invalid' | 'dead'

/** An account. A `daemon` is a service account; a `managed` one has it as its parent. */
export interface Account {
  readonly id: number
  readonly parentId?: number
  readonly serviceType: string
  readonly active: boolean
  readonly tokenStatus: TokenStatus
  readonly type: 'daemon' | 'personal' | 'managed'
  readonly daemon: boolean
  readonly loginString?: string
  readonly email?: string
  readonly name?: string
  readonly clientOrgId?: string
  readonly authOrgId?: string
  readonly authUserId?: string
  readonly timezone?: string
  readonly tokenIssuedAt?: string
  readonly authScopes: readonly string[]
  readonly authObtainedAt?: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** A subscription to what happens to an account's data. `accountId` is ours and not shown. */
export interface Subscription {
  readonly id: number
  readonly accountId: number
  readonly resource: string
  readonly notificationUrl: string
  readonly active: boolean
  readonly failSince?: string
  readonly failDescription?: string
  readonly filters?: readonly string[]
}

/** A record of an account's mailbox: a calendar, an event, a message, a contact, a task list or a task. */
export interface DataRecord {
  readonly id: string
  readonly etag: string
  readonly [member: string]: unknown
}

/** The kinds of data, each with its own store. */
export type DataKind = 'calendar' | 'event' | 'message' | 'contact' | 'deletedContact' | 'taskList' | 'task'

/** A consent that was begun: what Aurinko's own `state` stands for while the administrator is at the provider. */
export interface PendingConsent {
  readonly serviceType: string
  readonly returnUrl: string
  readonly scopes: readonly string[]
  /** The application's, echoed at the end; not to be taken for Aurinko's. */
  readonly state?: string | undefined
  readonly accountId?: number | undefined
  readonly clientOrgId?: string | undefined
  /** Where the provider sends the administrator back to. */
  readonly redirectUri: string
}

/** A code that can be exchanged once. */
export interface Code {
  readonly accountId: number
  readonly expiresAt: number
}

/** All that this Aurinko knows. */
export interface Tables {
  readonly returnUrls: Set<string>
  readonly pending: Map<string, PendingConsent>
  readonly codes: Map<string, Code>
  readonly accounts: Map<number, Account>
  /** Tokens, and the account that each is for. */
  readonly tokens: Map<string, number>
  readonly subscriptions: Map<number, Subscription>
  /** Records of an account, by account, kind and id. */
  readonly records: Map<string, Map<string, DataRecord>>
}

/** Empty tables, but for the return addresses that are registered from the start. */
export function createTables(returnUrls: readonly string[]): Tables {
  return {
    returnUrls: new Set(returnUrls),
    pending: new Map(),
    codes: new Map(),
    accounts: new Map(),
    tokens: new Map(),
    subscriptions: new Map(),
    records: new Map(),
  }
}

/** A number that no other row has. */
export function newNumber(table: ReadonlyMap<number, unknown>): number {
  return Math.max(100_000, ...table.keys()) + 1
}

/** Text that nobody can guess. */
export function newText(): string {
  return randomBytes(24).toString('base64url')
}
