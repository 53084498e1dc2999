import type { ConsentedAccount } from '@countersign/auth-core'

/** Where the accounts are kept that administrators have consented to: one for an upstream. */
export interface AccountStore {
  /** The account of an upstream, from memory; the same object until something is put. */
  get(upstream: string): ConsentedAccount | undefined
  /** Keeps an account. Once this resolves it survives a crash; when it rejects, the one before is kept. */
  put(upstream: string, account: ConsentedAccount): Promise<void>
}
