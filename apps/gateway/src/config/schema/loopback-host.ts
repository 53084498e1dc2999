/** Is this host the machine itself? Accepts what `URL.hostname` gives, and an IPv6 address without brackets. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase()
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name)
}
