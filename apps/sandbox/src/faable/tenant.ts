import type { FaableSettings } from './faable-options.ts'
import { createTables, newRecord, type Tables } from './tables.ts'

/** One tenant: who it is, what it knows, and what a test has done to it. */
export interface Tenant {
  readonly settings: FaableSettings
  readonly tables: Tables
  readonly accountId: string
  /** What a management token has to be for: `faable:management:<account_id>`. */
  readonly audience: string
  /** The secret of its client changes; the old one stops working at once. */
  clientSecret: string
  /** Why an Action denies every `client_credentials` grant; `undefined`: it does not. */
  denial: string | undefined
  /** Machine tokens that the plan still pays for. */
  quotaLeft: number
  /** Whether a `Host` names this tenant. */
  isHost(host: string | undefined): boolean
  /** Gives the account another id, and with it another audience. */
  moveTo(accountId: string): void
  /** The first day: nobody there but the one client. */
  reset(): void
}

/** The tenant of the settings, at the address where it can be reached. */
export function createTenant(settings: FaableSettings, origin: () => string): Tenant {
  let accountId = settings.accountId
  const tenant: Tenant = {
    settings,
    tables: createTables(),
    get accountId() {
      return accountId
    },
    get audience() {
      return `faable:management:${accountId}`
    },
    clientSecret: settings.clientSecret,
    denial: undefined,
    quotaLeft: Number.POSITIVE_INFINITY,
    isHost(host = '') {
      const { host: own, hostname, port } = new URL(origin())
      const names = [own, hostname, 'localhost', `localhost:${port}`, ...settings.domains]
      return names.includes(host.toLowerCase())
    },
    moveTo(id) {
      accountId = id
    },
    reset() {
      accountId = settings.accountId
      tenant.clientSecret = settings.clientSecret
      tenant.denial = undefined
      tenant.quotaLeft = settings.m2mQuota ?? Number.POSITIVE_INFINITY
      for (const table of Object.values(tenant.tables)) table.clear()
      const client = {
        ...{ id: settings.clientId, client_id: settings.clientId, name: 'Countersign' },
        grant_types: ['client_credentials'],
      }
      tenant.tables.clients.put(newRecord('clients', client, { account: accountId, clock: settings.clock }))
    },
  }
  tenant.reset()
  return tenant
}
