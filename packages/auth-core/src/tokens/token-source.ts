import type { Grant } from '../policy/grant.ts'
import type { Minted, UpstreamToken } from './upstream-token.ts'

/** Where the tokens of one upstream come from. */
export interface TokenSource {
  /**
   * A token for the grant: from cache (synchronously), from a request in flight, or from the endpoint.
   *
   * @throws {Fault} `mint.refused`, `mint.unavailable`, `mint.invalid-response`
   */
  mint(grant: Grant): Minted | Promise<Minted>
  /**
   * A token in place of one that the upstream answered with 401. Compare-and-swap: whoever comes with a token
   * that was replaced already gets the present one, so a burst of refusals causes one mint.
   *
   * @throws {Fault} as {@link TokenSource.mint}, and `mint.rejected-by-upstream` when the budget of forced
   * mints is spent: 5 in a row for one token request, then one in 10 s, until the upstream takes one
   */
  replace(grant: Grant, rejected: UpstreamToken): Promise<Minted>
  /** The upstream took this token: the budget of forced mints is full again. */
  accepted(grant: Grant, token: UpstreamToken): void
}
