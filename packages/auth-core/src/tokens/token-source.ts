import type { Grant } from '../policy/grant.ts'
import type { Minted, UpstreamToken } from './upstream-token.ts'

/**
 * What an upstream has against a token. `token`: the usual 401; `audience`: it was made for another audience;
 * `dead`: it will never work again, and nothing but a new consent helps.
 */
export type RefusalReason = 'token' | 'audience' | 'dead'

/** Where the tokens of one upstream come from. */
export interface TokenSource {
  /**
   * A token for the grant: from cache (synchronously), from a request in flight, or from the endpoint.
   *
   * @throws {Fault} `mint.refused`, `mint.unavailable`, `mint.invalid-response`, `gateway.exhausted`
   */
  mint(grant: Grant): Minted | Promise<Minted>
  /**
   * A token in place of one that the upstream answered with 401. Compare-and-swap: whoever comes with a token
   * that was replaced already gets the present one, so a burst of refusals causes one mint.
   *
   * @throws {Fault} as {@link TokenSource.mint}, and `mint.rejected-by-upstream` when the budget of forced
   * mints is spent: 5 in a row for one token request, then one in 10 s, until the upstream takes one
   *
   * @param reason default `token`; a source that can do nothing about the others treats them like it
   */
  replace(grant: Grant, rejected: UpstreamToken, reason?: RefusalReason): Promise<Minted>
  /** The upstream took this token: the budget of forced mints is full again. */
  accepted(grant: Grant, token: UpstreamToken): void
}
