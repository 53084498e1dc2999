import { issueToken, saveAccount, setTokenStatus } from './accounts.ts'
import type { AurinkoSettings } from './aurinko-options.ts'
import { recordsOf } from './records.ts'
import { fillMailbox } from './seed.ts'
import { type Delivery, type Notification, notify, signedNotification } from './subscriptions.ts'
import {
  type Account,
  type Code,
  type DataKind,
  type DataRecord,
  newText,
  type Tables,
  type TokenStatus,
} from './tables.ts'

/** An account, and a token for it. */
export interface SeededAccount {
  readonly accountId: number
  readonly accessToken: string
}

/** What a contract or a demo changes without a request. */
export interface StateControl {
  /** A service account as a consent makes it, under a known id and token if need be. Default: all scopes. */
  seedServiceAccount(account?: {
    readonly id?: number
    readonly scopes?: readonly string[]
    readonly clientOrgId?: string
    readonly accessToken?: string
  }): SeededAccount
  /** A code for a service account that is there; by default it is good for as long as the settings say. */
  seedCode(code: Pick<Code, 'accountId'> & { readonly code?: string; readonly expiresAt?: number }): string
  /** A record of an account's data, under a known id. */
  seedRecord(
    where: { readonly accountId: number; readonly kind: DataKind; readonly container?: string },
    members: Readonly<Record<string, unknown>>,
  ): DataRecord
  /** A subscription whose receiver was never asked. */
  seedSubscription(subscription: {
    readonly accountId: number
    readonly resource: string
    readonly notificationUrl: string
  }): number
  /** What all service accounts' tokens are good for from now on: `dead` is for ever, `invalid` may heal. */
  setTokenStatus(status: TokenStatus): void
  /** Every service account that there is. */
  serviceAccounts(): readonly Account[]
  /** Sends a signed notification to the subscriptions of that resource; resolves when all have answered. */
  notify(notification: Notification): Promise<readonly Delivery[]>
  /** A notification as it would be sent: for whoever wants to change, repeat or delay it. */
  signNotification(
    from: { readonly id: number; readonly accountId: number },
    notification: Notification,
  ): ReturnType<typeof signedNotification>
}

/** The {@link StateControl} of these tables. */
export function createStateControl(tables: Tables, settings: AurinkoSettings): StateControl {
  const now = () => settings.clock.now()
  const serviceAccounts = () => [...tables.accounts.values()].filter(({ daemon }) => daemon)
  return {
    seedServiceAccount({ scopes = allScopes, accessToken, ...known } = {}) {
      const email = 'admin@sandbox.example'
      const content = { serviceType: 'Office365', email, loginString: email, authScopes: scopes, ...known }
      const { id: accountId } = saveAccount(tables, { type: 'daemon', ...content }, now())
      fillMailbox(tables, accountId, now())
      const issued = issueToken(tables, accountId, now())
      if (accessToken === undefined) return { accountId, accessToken: issued }
      tables.tokens.delete(issued)
      tables.tokens.set(accessToken, accountId)
      return { accountId, accessToken }
    },
    seedCode({ accountId, code = newText(), expiresAt = now() + settings.codeLifetimeSeconds * 1000 }) {
      tables.codes.set(code, { accountId, expiresAt })
      return code
    },
    seedRecord: (where, members) => recordsOf({ tables, ...where, now }).create(members),
    seedSubscription(subscription) {
      const id = Math.max(500, ...tables.subscriptions.keys()) + 1
      tables.subscriptions.set(id, { id, active: true, ...subscription })
      return id
    },
    setTokenStatus(status) {
      for (const { id } of serviceAccounts()) setTokenStatus(tables, id, status)
    },
    serviceAccounts,
    notify: (notification) => notify(tables, settings, notification),
    signNotification: (from, notification) => signedNotification(from, notification, settings),
  }
}

const allScopes = [
  'Calendar.ReadWrite',
  'Mail.ReadWrite',
  'Mail.Send',
  'Contacts.ReadWrite',
  'Tasks.ReadWrite',
]
