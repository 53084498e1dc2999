/**
 * How an administrator's consent becomes a token, where an upstream knows no `client_credentials`. Addresses
 * may hold `{url}`, `{origin}` and `{tenant}`.
 */
export interface ConsentFlow {
  /** Where the administrator's browser is sent to. */
  readonly authorize: string
  /** Query parameters of that address. */
  readonly parameters: {
    /** Names of the parameters that the gateway fills in. */
    readonly clientId: string
    readonly returnUrl: string
    readonly state: string
    /** Scopes in one value, separated by spaces; absent where they cannot be asked for. */
    readonly scopes?: string | undefined
    /** To renew an existing account instead of adding a second one. */
    readonly accountId?: string | undefined
    /** Sent as they are; the configuration's `token.parameters` are laid over them. */
    readonly fixed: Readonly<Record<string, string>>
  }
  /** Where the code is exchanged: `POST` with HTTP Basic and an empty body; `{code}` stands for the code. */
  readonly exchange: string
  /** Members of the exchange's answer. */
  readonly answer: { readonly token: string; readonly accountId?: string | undefined }
  /** What comes back to the return address, and the one value of `status` that means success. */
  readonly returned: {
    readonly code: string
    readonly state: string
    readonly status?: string | undefined
    readonly success?: string | undefined
  }
  /** The upstream's own callback, which the intermediate page forwards a provider's answer to. */
  readonly callback?: string | undefined
  /** `code` of a 401 of the API that means: this token will never work again, consent is needed once more. */
  readonly dead: readonly string[]
}
