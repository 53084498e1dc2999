import { parseSecureUrl } from '../identity/secure-url.ts'

/**
 * The address of a token endpoint, fit to receive a client secret.
 *
 * @throws {TypeError} whatever {@link parseSecureUrl} does not take
 */
export function endpointUrl(text: string): URL {
  const url = parseSecureUrl(text)
  if (url !== undefined) return url
  throw new TypeError(
    'The token endpoint must be https:, or http: to a loopback address, without credentials or fragment.',
  )
}
