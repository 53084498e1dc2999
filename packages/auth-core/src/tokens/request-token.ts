import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch } from 'oauth4webapi'
import { Fault } from '../fault.ts'
import type { Fetch } from '../fetch.ts'
import type { TokenRequest } from '../policy/grant.ts'
import { clientAuthMethods } from './client-auth.ts'
import type { Credential } from './credential.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * Builds and sends one `client_credentials` request (RFC 6749 4.4.2) and returns whatever came back, unread.
 * Asks for exactly the audience, scopes and resources of the request; redirects are not followed.
 *
 * @throws {Fault} `mint.unavailable` when no answer came
 */
export function requestToken(
  endpoint: TokenEndpoint,
  request: TokenRequest,
  credential: Credential,
): Promise<Response> {
  const server = { issuer: endpoint.url.origin, token_endpoint: endpoint.url.href }
  const client = { client_id: credential.clientId }
  const authenticate = clientAuthMethods[endpoint.clientAuth](credential)
  return clientCredentialsGrantRequest(server, client, authenticate, parameters(endpoint, request), {
    headers: { 'user-agent': 'countersign' },
    // Which addresses may be plain http was decided when the endpoint was made: loopback only.
    [allowInsecureRequests]: endpoint.url.protocol === 'http:',
    [customFetch]: (url, init) => send(endpoint.fetch, url, encoders[endpoint.body](init.body, init.headers)),
  })
}

function parameters(endpoint: TokenEndpoint, request: TokenRequest): URLSearchParams {
  const form = new URLSearchParams(Object.entries(endpoint.extraParameters))
  if (request.audience !== undefined) form.set('audience', request.audience)
  if (request.scopes.length > 0) form.set('scope', request.scopes.join(' '))
  for (const resource of request.resource) form.append('resource', resource)
  return form
}

interface Encoded {
  readonly headers: Record<string, string>
  readonly body: string
}

type Encode = (form: URLSearchParams, headers: Record<string, string>) => Encoded

const encoders: Readonly<Record<TokenEndpoint['body'], Encode>> = {
  form: (form, headers) => ({ headers, body: form.toString() }),
  json: (form, headers) => ({
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(members(form))),
  }),
}

/** A parameter that repeats (RFC 8707 `resource`) becomes an array, any other a string. */
function members(form: URLSearchParams): [string, string | string[]][] {
  return [...new Set(form.keys())].map((name) => {
    const values = form.getAll(name)
    return [name, values.length > 1 ? values : (form.get(name) ?? '')]
  })
}

async function send(fetch: Fetch, url: string, encoded: Encoded): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', ...encoded, redirect: 'manual' })
  } catch (cause) {
    throw new Fault('mint.unavailable', {
      detail: `the token endpoint did not answer${reason(cause)}`,
      cause,
    })
  }
}

/** ` (ECONNREFUSED)`: the first machine-readable code on the way down; messages may quote addresses. */
function reason(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return ` (${at.code})`
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return ` (${at.name})`
  }
  return ''
}
