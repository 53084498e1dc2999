import type { OutgoingHttpHeaders } from 'node:http'
import {
  type Credential,
  type CredentialScheme,
  type Minted,
  parameterKey,
  type Secret,
} from '@countersign/auth-core'
import { withoutParameters } from './query-parameters.ts'
import type { Field } from './request-headers.ts'

/** How one operation's credential is shown to the upstream. */
export interface ShownCredential {
  /** Fields that carry it, `Authorization` last. */
  fields(minted: Minted): readonly Field[]
  /** The request target: without the caller's own copies of any credential parameter, with ours. */
  target(target: string): string
  /** Fields of an answer, without our secrets: an upstream that redirects may quote the query it was sent. */
  conceal(headers: OutgoingHttpHeaders): OutgoingHttpHeaders
}

/** What shown credentials are made of. */
export interface ShownCredentialOptions {
  readonly scheme: CredentialScheme
  /** Every scheme of the upstream: what one of them shows, a caller may not show to any operation. */
  readonly schemes: readonly CredentialScheme[]
  readonly credential: Credential
}

/** Prepares what does not change from call to call; the scheme's members are all there, the configuration sees to it. */
export function showCredential({ scheme, schemes, credential }: ShownCredentialOptions): ShownCredential {
  const reserved = new Set(schemes.flatMap(({ query }) => Object.keys(query ?? {}).map(parameterKey)))
  const secrets = Object.values(scheme.query ?? {}).map((member) => memberOf(credential, member))
  const quoted = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))
  const query = Object.entries(scheme.query ?? {})
    .map(
      ([name, member]) => `${encodeURIComponent(name)}=${encodeURIComponent(memberOf(credential, member))}`,
    )
    .join('&')
  const own = Object.entries(scheme.headers ?? {}).map(
    ([name, member]): Field => [name, memberOf(credential, member)],
  )
  const authorization = authorizationOf(scheme, credential)

  return {
    fields({ token }) {
      const value = authorization(token.value)
      return value === undefined ? own : [...own, ['authorization', value]]
    },
    target(target) {
      if (reserved.size === 0) return target
      const mark = target.indexOf('?')
      const path = mark === -1 ? target : target.slice(0, mark)
      const rest = mark === -1 ? '' : withoutParameters(target.slice(mark), reserved)
      if (query === '') return path + rest
      return `${path}${rest.length > 1 ? `${rest}&` : '?'}${query}`
    },
    conceal(headers) {
      if (quoted.size === 0) return headers
      const clean: OutgoingHttpHeaders = {}
      for (const [name, value] of Object.entries(headers)) {
        const shown = name === 'location' && typeof value === 'string' ? scrubbed(value, reserved) : value
        if (![shown].flat().some((text) => quotes(String(text), quoted))) clean[name] = shown
      }
      return clean
    },
  }
}

/** What `Authorization` says, given the minted token. */
function authorizationOf(
  { authorization }: CredentialScheme,
  credential: Credential,
): (token: Secret) => string | undefined {
  if (authorization === 'none') return () => undefined
  if (authorization === 'bearer') return (token) => `Bearer ${token.reveal()}`
  if (authorization === 'basic') return (token) => `Basic ${token.reveal()}`
  const value = `${authorization.word} ${memberOf(credential, authorization.member)}`
  return () => value
}

/** An address without its credential parameters, in the query and, for what a browser reads, the fragment. */
function scrubbed(address: string, reserved: ReadonlySet<string>): string {
  const [, before = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(address) ?? []
  return before + withoutParameters(query, reserved) + fragment
}

function quotes(text: string, secrets: ReadonlySet<string>): boolean {
  for (const secret of secrets) if (text.includes(secret)) return true
  return false
}

function memberOf(credential: Credential, member: string): string {
  if (member === 'client_id' && credential.clientId !== undefined) return credential.clientId
  const secret = member === 'client_secret' ? credential.clientSecret : credential.members?.get(member)
  if (secret === undefined) throw new TypeError(`the credential has no ${member}`)
  return secret.reveal()
}
