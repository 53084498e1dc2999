/**
 * An address that may be trusted with keys or credentials: `https:`, or `http:` towards a loopback address,
 * without user information or fragment. `undefined` for everything else.
 */
export function parseSecureUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined
  if (url.protocol === 'https:') return url
  return url.protocol === 'http:' && isLoopback(url.hostname) ? url : undefined
}

/** `hostname` as the URL parser leaves it: lower case, IPv4 in four decimal numbers, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
