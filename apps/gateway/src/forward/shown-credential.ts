import type { IncomingHttpHeaders } from 'node:http'
import {
  type Credential,
  type CredentialScheme,
  type Minted,
  parameterKey,
  type Secret,
} from '@countersign/auth-core'
import { withoutParameters } from './query-parameters.ts'
import type { Fields } from './request-headers.ts'
import { createSpellings, type Spelling } from './secret-spellings.ts'

/** How one operation's credential is shown to the upstream. */
export interface ShownCredential {
  /** Fields that carry it, `Authorization` last. */
  fields(minted: Minted): Fields
  /** How what nobody may read in an answer is spelt: the token or pair, and every other secret that is shown. */
  spellings(token: Minted['token']): readonly Spelling[]
  /** The request target: without the caller's own copies of any credential parameter, with ours. */
  target(target: string): string
  /** Fields of an answer, without our parameters: an upstream that redirects may quote the query it was sent. */
  conceal(headers: IncomingHttpHeaders): IncomingHttpHeaders
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
  const secrets = [...secretsOf(scheme.query, credential), ...secretsOf(scheme.headers, credential)]
  const query = Object.entries(scheme.query ?? {})
    .map(
      ([name, member]) => `${encodeURIComponent(name)}=${encodeURIComponent(memberOf(credential, member))}`,
    )
    .join('&')
  const own = Object.entries(scheme.headers ?? {}).flatMap(([name, member]) => [
    name,
    memberOf(credential, member),
  ])
  const authorization = authorizationOf(scheme, credential)

  return {
    fields({ token }) {
      const value = authorization(token.value)
      return value === undefined ? own : [...own, 'authorization', value]
    },
    spellings: createSpellings((value) => {
      const pair = scheme.authorization === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : ''
      return [value, pair.slice(pair.indexOf(':') + 1), ...secrets]
    }),
    target(target) {
      if (reserved.size === 0) return target
      const mark = target.indexOf('?')
      const path = mark === -1 ? target : target.slice(0, mark)
      const rest = mark === -1 ? '' : withoutParameters(target.slice(mark), reserved)
      if (query === '') return path + rest
      return `${path}${rest.length > 1 ? `${rest}&` : '?'}${query}`
    },
    conceal(headers) {
      const { location } = headers
      if (location !== undefined && reserved.size > 0) headers.location = scrubbed(location, reserved)
      return headers
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

/** The members of these parameters or fields that are secret; the client id is not. */
function secretsOf(shown: Readonly<Record<string, string>> | undefined, credential: Credential): string[] {
  const members = Object.values(shown ?? {}).filter((member) => member !== 'client_id')
  return members.map((member) => memberOf(credential, member))
}

function memberOf(credential: Credential, member: string): string {
  if (member === 'client_id' && credential.clientId !== undefined) return credential.clientId
  const secret = member === 'client_secret' ? credential.clientSecret : credential.members?.get(member)
  if (secret === undefined) throw new TypeError(`the credential has no ${member}`)
  return secret.reveal()
}
