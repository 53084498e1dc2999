import type { Request } from 'express'

/** What the token endpoint reads from a request, whatever form it came in. */
export interface TokenRequest {
  readonly grantType: string
  readonly clientId: string
  readonly clientSecret: string
  readonly audience: string | undefined
  readonly scope: string | undefined
}

/**
 * Reads a form or JSON, with the client's credentials in it or in HTTP Basic (RFC 6749 2.3.1).
 *
 * @returns what is wrong with it, where something is
 */
export function readTokenRequest({
  body,
  headers,
}: Pick<Request, 'body' | 'headers'>): TokenRequest | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'the body is not readable'
  const given = new Map<string, string>()
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') return `${name} is given twice or is not text`
    given.set(name, value)
  }
  const basic = basicCredential(headers.authorization)
  if (basic !== undefined && given.has('client_secret')) return 'the client authenticates in two ways'
  const clientId = basic?.id ?? given.get('client_id')
  const clientSecret = basic?.secret ?? given.get('client_secret')
  const grantType = given.get('grant_type')
  if (!grantType) return 'grant_type is required'
  if (!clientId) return 'client_id is required'
  if (!clientSecret) return 'client_secret is required'
  return { grantType, clientId, clientSecret, audience: given.get('audience'), scope: given.get('scope') }
}

function basicCredential(field: string | undefined): { id: string; secret: string } | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(field ?? '') ?? []
  if (encoded === undefined) return undefined
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return id === undefined || secret === undefined ? undefined : { id: decoded(id), secret: decoded(secret) }
}

/** One value of `application/x-www-form-urlencoded`. */
function decoded(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''
}
