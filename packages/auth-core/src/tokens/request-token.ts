import { allowInsecureRequests, customFetch, genericTokenEndpointRequest } from 'oauth4webapi'
import type { Fetch, FetchInit } from '../fetch.ts'
import type { TokenRequest } from '../policy/grant.ts'
import { clientAuthMethods } from './client-auth.ts'
import type { Credential } from './credential.ts'
import type { SubjectToken } from './subject-token.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { tokenGrants } from './token-grant.ts'
import { unanswered } from './unanswered.ts'

/** What is asked for, as whom, and in exchange for what. */
export interface Asking {
  readonly request: TokenRequest
  readonly credential: Credential
  /** Only in an exchange. */
  readonly subject?: SubjectToken | undefined
}

/**
 * Builds and sends one token request (RFC 6749 4.4.2, RFC 8693 2.1) and returns whatever came back, unread.
 * Asks for exactly the audience, scopes and resources of the request; redirects are not followed.
 *
 * @throws {Fault} `mint.unavailable` when no answer came, `gateway.exhausted` when nothing could be sent
 */
export async function requestToken(endpoint: TokenEndpoint, url: URL, asking: Asking): Promise<Response> {
  const { credential, subject } = asking
  const server = { issuer: url.origin, token_endpoint: url.href }
  // A workload's own token names its client; then this one is read by nobody.
  const client = { client_id: credential.clientId ?? 'unnamed' }
  const proof = {
    credential,
    clock: endpoint.clock,
    assertionAudience: endpoint.assertionAudience ?? url.href,
  }
  const authenticate = clientAuthMethods[endpoint.clientAuth].authenticate(proof)
  const grant = tokenGrants[endpoint.grantType]
  const form = parameters(endpoint, asking.request)
  for (const [name, value] of Object.entries(grant.parameters(subject, endpoint.subjectTokenType))) {
    form.set(name, value)
  }
  const { certificate } = credential
  return genericTokenEndpointRequest(server, client, authenticate, grant.urn, form, {
    headers: { 'user-agent': 'countersign' },
    // Which addresses may be plain http was decided when the endpoint was made: loopback only.
    [allowInsecureRequests]: url.protocol === 'http:',
    [customFetch]: (address, init) =>
      send(endpoint.fetch, address, { ...encoders[endpoint.body](init.body, init.headers), certificate }),
  })
}

function parameters(endpoint: TokenEndpoint, request: TokenRequest): URLSearchParams {
  const form = new URLSearchParams(Object.entries(endpoint.extraParameters))
  if (request.audience !== undefined) form.set('audience', request.audience)
  if (request.scopes.length > 0) form.set('scope', request.scopes.join(' '))
  for (const resource of request.resource) form.append('resource', resource)
  return form
}

type Encode = (form: URLSearchParams, headers: Record<string, string>) => Pick<FetchInit, 'headers' | 'body'>

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

async function send(
  fetch: Fetch,
  url: string,
  init: Pick<FetchInit, 'headers' | 'body' | 'certificate'>,
): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', ...init, redirect: 'manual' })
  } catch (cause) {
    throw unanswered('the token endpoint did not answer', cause)
  }
}
