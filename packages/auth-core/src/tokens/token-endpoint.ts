import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { TokenAdaptation } from './token-adaptation.ts'

/** One upstream's token endpoint, ready to be asked. */
export interface TokenEndpoint {
  readonly url: URL
  /** Asked instead of `url` while `url` is not there. */
  readonly alternative?: AlternativeAddress | undefined
  readonly clientAuth: ClientAuthMethod
  readonly body: 'form' | 'json'
  /** Sent with every request; none of them may be one that {@link extraParameterProblem} refuses. */
  readonly extraParameters: Readonly<Record<string, string>>
  readonly adapt: TokenAdaptation
  readonly clock: Clock
  readonly fetch: Fetch
}

/** A second address of the same endpoint. */
export interface AlternativeAddress {
  readonly url: URL
  /** It is the one that works: found out once, and remembered. */
  inUse: boolean
}
