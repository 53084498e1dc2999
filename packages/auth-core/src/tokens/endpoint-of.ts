import { createEndpointFinder } from './endpoint-finder.ts'
import { endpointUrl } from './endpoint-url.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { TokenSourceOptions } from './token-source-options.ts'

/**
 * The endpoint that a source's options describe.
 *
 * @throws {TypeError} an address that is not fit for a secret, or none at all
 */
export function endpointOf(options: TokenSourceOptions): TokenEndpoint {
  const { endpoint, issuer, fallbackEndpoint, assertionAudience, clientAuth, clock, fetch } = options
  // An issuer's address is held to the same: its metadata says where the secret goes.
  const url = endpointUrl(endpoint ?? issuer ?? '')
  const mtls = clientAuth === 'tls_client_auth' || options.certificateBound === true
  const isFound = endpoint === undefined && issuer !== undefined
  const locate = isFound ? createEndpointFinder({ issuer, mtls, clock, fetch }) : () => url
  const alternative =
    fallbackEndpoint === undefined ? undefined : { url: endpointUrl(fallbackEndpoint), inUse: false }
  return {
    ...options,
    grantType: options.grantType ?? 'client_credentials',
    adapt: options.adapt ?? {},
    address: url.href,
    assertionAudience: assertionAudience ?? issuer,
    locate,
    alternative,
  }
}
