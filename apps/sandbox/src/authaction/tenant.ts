import type { AuthActionSettings, TokenPath } from './authaction-options.ts'
import { newObjectId, type Tables } from './records.ts'

/** One tenant: where it is, what it knows, and what a test has done to it. */
export interface Tenant {
  readonly settings: AuthActionSettings
  readonly tables: Tables
  /** Its address without a slash, which is also the audience of its API. */
  readonly origin: string
  /** `iss` of its tokens. */
  readonly issuer: string
  /** Whether the application is granted the Management API. */
  granted: boolean
  tokenPath: TokenPath
  /** Passkey transactions, by id. */
  readonly passkeys: Map<string, PasskeyTransaction>
  /** The first day: nobody there. */
  reset(): void
}

/** A person who registers a passkey, or signs in with one. */
export interface PasskeyTransaction {
  readonly transactionId: string
  readonly appId: string
  /** Id of the passkey's user. */
  readonly id: string
  readonly verified: boolean
  /** What the browser hands over when the person has confirmed; counts once. */
  readonly nonce?: string | undefined
}

/** The tenant of the settings, at the address where it can be reached. */
export function createTenant(settings: AuthActionSettings, tables: Tables, origin: string): Tenant {
  const tenant: Tenant = {
    ...{ settings, tables, origin, issuer: settings.issuerSlash ? `${origin}/` : origin },
    ...{ granted: settings.granted, tokenPath: settings.tokenPath, passkeys: new Map() },
    reset() {
      tenant.granted = settings.granted
      tenant.tokenPath = settings.tokenPath
      tenant.passkeys.clear()
      tables.roles.clear()
      tables.members.clear()
      for (const table of Object.values(tables.records)) table.clear()
    },
  }
  return tenant
}

/** The person confirms at the device. @returns the nonce that the browser gets, `undefined` for no such transaction */
export function confirmPasskey({ passkeys }: Tenant, transactionId: string): string | undefined {
  const transaction = passkeys.get(transactionId)
  if (transaction === undefined) return undefined
  const nonce = newObjectId()
  passkeys.set(transactionId, { ...transaction, nonce })
  return nonce
}
