import type { Secret } from '../secret.ts'

/** What the gateway is to an upstream's token endpoint. */
export interface Credential {
  readonly clientId: string
  /** Never empty: the configuration refuses an empty secret before it comes here. */
  readonly clientSecret: Secret
  /** Further members, by their names in the configuration: API keys that a credential scheme carries. */
  readonly members?: ReadonlyMap<string, Secret> | undefined
  /**
   * Tells this credential from the one before and after a rotation, without being or containing the secret.
   * It is part of the key of every token, so a token of an old secret is never handed out for a new one.
   */
  readonly version: string
}
