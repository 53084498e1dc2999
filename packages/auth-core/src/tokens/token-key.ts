import type { TokenRequest } from '../policy/grant.ts'
import type { Credential } from './credential.ts'
import type { Asking } from './request-token.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * Makes the key under which the tokens of one endpoint are kept. Two requests have the same key only if
 * everything that decides about their token is the same: upstream, endpoint, extra parameters, client,
 * version of its credential, audience, scopes, resources, subject token. Written as JSON, so that no value can
 * run into its neighbour; no secret is in it.
 *
 * Neither a request nor a credential ever changes, so a key is written once for a pair of them.
 */
export function tokenKeys(
  endpoint: Pick<TokenEndpoint, 'address' | 'extraParameters'>,
): (asking: Asking) => string {
  const extra = Object.entries(endpoint.extraParameters).sort(([a], [b]) => (a < b ? -1 : 1))
  const { address } = endpoint
  const written = new WeakMap<TokenRequest, { readonly credential: Credential; readonly key: string }>()

  return function tokenKey({ request, credential, subject }) {
    const key = sharedKey(request, credential)
    return subject === undefined ? key : JSON.stringify([key, subject.fingerprint])
  }

  function sharedKey(request: TokenRequest, credential: Credential): string {
    const known = written.get(request)
    if (known?.credential === credential) return known.key
    const key = JSON.stringify([
      request.upstream,
      address,
      extra,
      credential.clientId ?? null,
      credential.version,
      request.audience ?? null,
      request.scopes,
      request.resource,
    ])
    written.set(request, { credential, key })
    return key
  }
}
