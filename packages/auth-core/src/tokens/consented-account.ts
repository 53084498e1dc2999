import type { Secret } from '../secret.ts'

/** An account at an upstream that an administrator has consented to, with its token. */
export interface ConsentedAccount {
  readonly token: Secret
  /** Of the API that the token is for (RFC 6454): it is sent nowhere else. `undefined` where that was not kept. */
  readonly origin: string | undefined
  /** The upstream's id of the account; a later consent renews this one instead of adding another. */
  readonly accountId: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly consentedAt: number
  /** Who asked for it, by issuer and subject. */
  readonly consentedBy: { readonly issuer: string; readonly subject: string }
  /** Since when the upstream says that the token will never work again; `undefined` while it is alive. */
  readonly deadSince: number | undefined
}
