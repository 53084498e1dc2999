import type { StateHandler } from '../support/verify-provider.ts'

/** Looks a variable up. @throws {TypeError} where a tenant asks for one that it has not named */
export type Read = (name: string) => string | undefined

/** One side of a contract at a real system. */
export interface TenantPair {
  /** As the contracts call it. */
  readonly provider: string
  readonly url: string
  /** The states that can be had there; what needs another one is left out. */
  readonly states: Readonly<Record<string, StateHandler>>
  /** What a state needs to be given, although not every request in it names it. */
  readonly needs?: Readonly<Record<string, readonly string[]>>
}

/** A real system, as the environment says where it is and who we are to it. */
export interface Tenant {
  /** Variables that have to be set, and what they are. */
  readonly required: Readonly<Record<string, string>>
  /** Variables without which some interactions are left out, or the vendor's own address holds. */
  readonly optional: Readonly<Record<string, string>>
  pairs(read: Read): readonly TenantPair[]
}
