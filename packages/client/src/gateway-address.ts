/**
 * The gateway's address without a trailing slash. Refused is what would carry the credential in the clear, or
 * cannot be extended by a path.
 *
 * @throws {TypeError} not `https:` (nor `http:` towards loopback, unless `plainHttp`), or with a user, query
 * or fragment
 */
export function parseGatewayAddress(address: string | URL, plainHttp: boolean): string {
  if (!URL.canParse(String(address))) throw new TypeError('gateway: not an absolute address')
  const url = new URL(address)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('gateway: an address has no user, query or fragment here')
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && (plainHttp || isLoopback(url)))
  if (!safe)
    throw new TypeError(
      `gateway: ${url.origin} would carry the credential in the clear; use https:, ` +
        'or say `plainHttp: true` where something else protects the connection',
    )
  return url.href.replace(/\/+$/, '')
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
