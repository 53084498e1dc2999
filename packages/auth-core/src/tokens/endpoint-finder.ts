import { BackOff } from '../back-off.ts'
import type { Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import type { Fetch } from '../fetch.ts'
import { parseSecureUrl } from '../identity/secure-url.ts'
import { type Answer, readAnswer } from './read-answer.ts'
import { unanswered } from './unanswered.ts'

/** Where an authorization server's metadata is, and how it is fetched. */
export interface EndpointFinderOptions {
  /** To the byte, as the metadata has to repeat it. */
  readonly issuer: string
  /** Prefer the address for clients that show a certificate (RFC 8705 5). */
  readonly mtls: boolean
  readonly clock: Clock
  readonly fetch: Fetch
}

const freshMs = 60 * 60 * 1000

/**
 * Finds a token endpoint by its issuer (RFC 8414). What was found is used for an hour and then looked for again;
 * while that fails, the known address goes on being used.
 *
 * @returns the address, at once while it is known. Rejects with `mint.unavailable` when nobody answers, and
 * `mint.invalid-response` when the metadata is another issuer's or names no endpoint fit for a secret
 */
export function createEndpointFinder(options: EndpointFinderOptions): () => URL | Promise<URL> {
  const { clock } = options
  const backOff = new BackOff(1)
  let known: { readonly url: URL; readonly foundAt: number } | undefined
  let flight: Promise<URL> | undefined

  async function look(): Promise<URL> {
    try {
      const url = endpointOf(await metadata(options), options)
      known = { url, foundAt: clock.now() }
      backOff.forget('')
      return url
    } catch (error) {
      const fault = backOff.remember('', Fault.from(error), clock.now())
      if (known !== undefined) return known.url
      throw fault
    } finally {
      flight = undefined
    }
  }
  return function find() {
    const isFresh = known !== undefined && clock.now() < known.foundAt + freshMs
    const failure = backOff.remembered('', clock.now())
    if (known !== undefined && (isFresh || failure !== undefined)) return known.url
    if (flight === undefined && failure !== undefined) return Promise.reject(failure)
    flight ??= look()
    return flight
  }
}

/** RFC 8414 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery 4 behind it. */
async function metadata({ issuer, fetch }: EndpointFinderOptions): Promise<Answer> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const answer = await get(fetch, `${origin}/.well-known/oauth-authorization-server${path}`)
  return answer.status === 404 ? get(fetch, `${origin}${path}/.well-known/openid-configuration`) : answer
}

async function get(fetch: Fetch, url: string): Promise<Answer> {
  const headers = { accept: 'application/json', 'user-agent': 'countersign' }
  try {
    return await readAnswer(await fetch(url, { method: 'GET', headers, redirect: 'manual' }))
  } catch (cause) {
    throw unanswered("the authorization server's metadata was not answered", cause)
  }
}

function endpointOf({ status, body }: Answer, { issuer, mtls }: EndpointFinderOptions): URL {
  if (status === 408 || status === 429 || status >= 500) {
    throw new Fault('mint.unavailable', {
      detail: `the authorization server's metadata was answered ${status}`,
    })
  }
  if (status !== 200 || body === undefined) throw unusable(`it was answered ${status}, without JSON`)
  if (body.issuer !== issuer) throw unusable('it is that of another issuer (RFC 8414 3.3)')
  const aliases = mtls && isObject(body.mtls_endpoint_aliases) ? body.mtls_endpoint_aliases : {}
  const named = aliases.token_endpoint ?? body.token_endpoint
  const url = typeof named === 'string' ? parseSecureUrl(named) : undefined
  if (url === undefined) throw unusable('its token_endpoint is missing, or not fit for a secret')
  return url
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function unusable(why: string): Fault {
  return new Fault('mint.invalid-response', {
    detail: `the authorization server's metadata cannot be used: ${why}`,
  })
}
