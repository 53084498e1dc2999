/** A request as it will be sent, but for the credential. */
export interface Outgoing {
  readonly url: string
  readonly init: RequestInit
  /** The caller's own; one that never aborts where there is none. */
  readonly signal: AbortSignal
  /** For messages: method and path, without the query. */
  readonly call: string
}

/** Fields in which a credential for somebody else would travel. */
const credentialFields = ['authorization', 'proxy-authorization', 'cookie']

/**
 * What `fetch(input, init)` would send, towards another address and without the credentials it carried.
 *
 * Address and init are kept apart, and no `Request` is built: a `fetch` of another library takes those of its
 * own class only. A body that comes inside a `Request` is a stream, and cannot be sent twice.
 */
export function outgoing(target: URL, input: string | URL | Request, init: RequestInit): Outgoing {
  const given = typeof input === 'object' && 'url' in input ? initOf(input, init) : init
  const headers = new Headers(given.headers)
  for (const name of credentialFields) headers.delete(name)
  return {
    url: target.href,
    init: { ...given, headers, redirect: 'manual' },
    signal: given.signal ?? new AbortController().signal,
    call: `${(given.method ?? 'GET').toUpperCase()} ${target.pathname}`,
  }
}

/** As `new Request(request, init)`: what `init` says wins, the rest is the request's. */
function initOf(request: Request, init: RequestInit): RequestInit {
  const { method, headers, signal, body } = request
  const upload = body === null || init.body !== undefined ? {} : { body, duplex: 'half' as const }
  return { method, headers, signal, ...upload, ...init }
}
