import type { ConsentedAccount } from '@countersign/auth-core'

/** Where the accounts are kept that administrators have consented to: one for an upstream. */
export interface AccountStore {
  /** The account of an upstream, from memory; the same object until something is put. */
  get(upstream: string): ConsentedAccount | undefined
  /**
   * Writes the store as it is. For before something that happens once and has to be kept.
   *
   * @throws {StoreError} when it cannot be written
   */
  assertWritable(): Promise<void>
  /**
   * Keeps an account. Once this resolves it survives a crash; when it rejects, the one before is kept.
   *
   * @param instead only in place of this one: nothing is kept when another has come meanwhile
   */
  put(upstream: string, account: ConsentedAccount, instead?: ConsentedAccount): Promise<void>
}
