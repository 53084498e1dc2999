import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { TokenAdaptation } from './token-adaptation.ts'
import type { TokenGrantType } from './token-grant.ts'

/** One upstream's token endpoint, ready to be asked. */
export interface TokenEndpoint {
  /** What it is known by: its URL, or the issuer that it is found under. */
  readonly address: string
  /** Its URL. @throws {Fault} `mint.unavailable`, `mint.invalid-response` while it cannot be found */
  readonly locate: () => URL | Promise<URL>
  /** Asked instead while the first is not there. */
  readonly alternative?: AlternativeAddress | undefined
  readonly clientAuth: ClientAuthMethod
  /** `aud` of the gateway's own assertions; `undefined`: the URL of the endpoint. */
  readonly assertionAudience?: string | undefined
  readonly grantType: TokenGrantType
  /** What the caller's token is called in an exchange (RFC 8693 3), as a URN. */
  readonly subjectTokenType?: string | undefined
  readonly body: 'form' | 'json'
  /** Sent with every request; none of them may be one that {@link extraParameterProblem} refuses. */
  readonly extraParameters: Readonly<Record<string, string>>
  readonly adapt: TokenAdaptation
  /** Tokens are bound to the client certificate even where they do not say so (RFC 8705 3). */
  readonly certificateBound?: boolean | undefined
  /** Longest life that is wanted of a token; a longer one differs from what was asked. */
  readonly maxLifetimeSeconds?: number | undefined
  readonly clock: Clock
  readonly fetch: Fetch
}

/** A second address of the same endpoint. */
export interface AlternativeAddress {
  readonly url: URL
  /** It is the one that works: found out once, and remembered. */
  inUse: boolean
}
