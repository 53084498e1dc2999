import type { Fetch } from '../fetch.ts'
import { readBoundedText } from './bounded-text.ts'
import { quoted } from './quoted.ts'
import { parseSecureUrl } from './secure-url.ts'
import { isJsonObject, parseStrictJson } from './strict-json.ts'

/** Where the keys of an issuer are published. */
export type KeySource =
  /** The address of the key set itself. */
  | { readonly kind: 'url'; readonly url: string }
  /**
   * OpenID Connect Discovery 1.0: the document of this issuer names the address. It must name the same issuer,
   * and a key set on the issuer's own host; where the keys live elsewhere, give their address as `url`.
   */
  | { readonly kind: 'discovery'; readonly issuer: string }
  /** A file or anything else that can be read again; its text is the key set. */
  | { readonly kind: 'given'; readonly read: () => Promise<string> }

/** A key set of a hundred large keys is well below. */
const maxBytes = 1024 * 1024

/**
 * The function that obtains the key set's present text from its source. Addresses that are not `https:`, or
 * `http:` to loopback, and redirects are refused: whoever can change the keys can be anyone.
 *
 * @throws {TypeError} an address in the source itself is not allowed
 */
export function keySetLoader(source: KeySource, fetch: Fetch): () => Promise<string> {
  switch (source.kind) {
    case 'given':
      return source.read
    case 'url': {
      const url = secureUrl(source.url)
      return () => get(fetch, url)
    }
    case 'discovery': {
      const { issuer } = source
      const document = discoveryUrl(issuer)
      return async () => get(fetch, keySetUrl(issuer, await get(fetch, document)))
    }
  }
}

/** OpenID Connect Discovery 1.0 section 4: appended to the issuer, without its trailing slash. */
function discoveryUrl(issuer: string): URL {
  const url = secureUrl(issuer)
  if (url.search !== '')
    throw new TypeError(`the issuer ${quoted(issuer)} has a query and no discovery document`)
  return new URL(`${url.href.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** What the discovery document says about the key set, once it has proved to be this issuer's document. */
function keySetUrl(issuer: string, text: string): URL {
  const document = parseStrictJson(text)
  const { issuer: named, jwks_uri: address } = isJsonObject(document) ? document : {}
  if (named !== issuer) throw new TypeError('the discovery document is that of another issuer')
  if (typeof address !== 'string') throw new TypeError('the discovery document has no jwks_uri')
  const url = secureUrl(address)
  if (url.host !== new URL(issuer).host) {
    throw new TypeError(`the jwks_uri ${quoted(address)} is not on the issuer's own host`)
  }
  return url
}

async function get(fetch: Fetch, url: URL): Promise<string> {
  const response = await fetch(url.href, {
    method: 'GET',
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'manual',
  })
  if (response.status !== 200) {
    await response.body?.cancel().catch(() => undefined)
    throw new TypeError(`${url.host} answered with status ${response.status}`)
  }
  return readBoundedText(response, maxBytes)
}

function secureUrl(text: string): URL {
  const url = parseSecureUrl(text)
  if (url === undefined) throw new TypeError(`${quoted(text)} must be https:, or http: to a loopback address`)
  return url
}
