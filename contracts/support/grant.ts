import type { Grant, TokenRequest } from '@countersign/auth-core'

/** A grant for a token request. The contract of a token endpoint begins where policy has decided. */
export function grantFor(request: Pick<TokenRequest, 'upstream'> & Partial<TokenRequest>): Grant {
  const tokenRequest: TokenRequest = { audience: undefined, scopes: [], resource: [], ...request }
  // Only `authorize` makes grants; what a source reads of one is the token request.
  return { upstream: request.upstream, tokenRequest } as unknown as Grant
}
