/** Where a fetch may go. */
export interface Bounds {
  /** Everything goes beneath this address: the gateway's, or an upstream's on it. No trailing slash. */
  readonly within: string
  /** An address that stands for `within`: the one that an SDK believes it talks to. */
  readonly alias?: string | undefined
}

/**
 * The address on the gateway that a `fetch` input means: a path beneath the bounds, or an absolute address
 * that already lies within them or beneath their alias.
 *
 * This is the only guard between the credential and another host. It judges the parsed address, so that
 * `..`, `%2e%2e`, a backslash or `//host` cannot lead out.
 *
 * @throws {TypeError} for any other address
 */
export function resolveTarget(input: string | URL | Request, { within, alias }: Bounds): URL {
  const text = typeof input === 'string' ? input : 'url' in input ? input.url : input.href
  const url = URL.canParse(text) ? new URL(text) : beneath(within, text)
  const target = alias !== undefined && isWithin(url, alias) ? moved(url, alias, within) : url
  if (!isWithin(target, within)) {
    const places = alias === undefined ? within : `${within} and ${alias}`
    throw new TypeError(`${url.origin}${url.pathname} is outside ${places}, and gets no credential`)
  }
  target.hash = ''
  return target
}

function beneath(base: string, path: string): URL {
  return new URL(base + (path.startsWith('/') ? path : `/${path}`))
}

function moved(url: URL, from: string, to: string): URL {
  const path = url.pathname.slice(new URL(from).pathname.replace(/\/$/, '').length)
  return beneath(to, path + url.search)
}

function isWithin(url: URL, base: string): boolean {
  const { origin, pathname } = new URL(base)
  const prefix = pathname.replace(/\/$/, '')
  const inPath = url.pathname === prefix || url.pathname.startsWith(`${prefix}/`)
  return url.origin === origin && inPath && url.username === '' && url.password === ''
}
