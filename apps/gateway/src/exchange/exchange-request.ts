import { Fault } from '@countersign/auth-core'
import type { Form } from './form.ts'

/** A token request whose parameters fit together. Nothing in it has been believed yet. */
export interface ExchangeRequest {
  /** The caller's own token. */
  readonly subjectToken: string
  readonly clientId: string | undefined
  /** RFC 7523 2.2. */
  readonly clientAssertion: string | undefined
  readonly resources: readonly string[]
  readonly audiences: readonly string[]
  /** Each once; empty: whatever the rule has. */
  readonly scopes: readonly string[]
}

const tokenType = 'urn:ietf:params:oauth:token-type:'

/** What every token of {@link parseExchangeRequest} is issued as. */
export const accessTokenType: string = `${tokenType}access_token`
export const exchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange'

/**
 * What a workload has. An ID token says who has logged in somewhere else; a refresh token is for its own
 * authorization server; of SAML nothing is understood here.
 */
const subjectTypes: ReadonlySet<string | undefined> = new Set([`${tokenType}jwt`, accessTokenType])
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Reads the parameters of RFC 8693 2.1 and of client authentication (RFC 6749 2.3, RFC 7521 4.2).
 *
 * @throws {Fault} `request.malformed`, `exchange.grant-type`, `exchange.subject-token`, `policy.scope`;
 * `identity.refused` for a client secret, which nobody has here
 */
export function parseExchangeRequest(form: Form): ExchangeRequest {
  const one = (name: string) => form.get(name)?.[0]
  const grantType = required(form, 'grant_type')
  if (grantType !== exchangeGrantType) throw new Fault('exchange.grant-type')
  if (form.has('client_secret'))
    throw new Fault('identity.refused', { detail: 'a client_secret, and no client has one here' })
  return {
    subjectToken: subjectToken(form),
    clientId: one('client_id'),
    clientAssertion: clientAssertion(form),
    resources: form.get('resource') ?? [],
    audiences: form.get('audience') ?? [],
    scopes: scopesOf(one('scope')),
  }
}

function subjectToken(form: Form): string {
  const token = required(form, 'subject_token')
  const type = required(form, 'subject_token_type')
  if (!subjectTypes.has(type)) {
    throw new Fault('exchange.subject-token', {
      says: 'A subject_token here is the workload’s own: of type jwt or access_token.',
    })
  }
  const requested = form.get('requested_token_type')?.[0] ?? accessTokenType
  if (requested !== accessTokenType) throw malformed('The one requested_token_type here is access_token.')
  if (form.has('actor_token') !== form.has('actor_token_type'))
    throw malformed('actor_token and actor_token_type come together or not at all.')
  if (form.has('actor_token')) throw malformed('Nobody acts for another here: leave actor_token out.')
  return token
}

function clientAssertion(form: Form): string | undefined {
  if (form.has('client_assertion') !== form.has('client_assertion_type'))
    throw malformed('client_assertion and client_assertion_type come together or not at all.')
  const [type] = form.get('client_assertion_type') ?? []
  if (type !== undefined && type !== assertionType)
    throw new Fault('identity.refused', { detail: 'a client_assertion that is not a JWT' })
  return form.get('client_assertion')?.[0]
}

/** RFC 6749 3.3. @throws {Fault} `policy.scope` */
export function scopesOf(scope = ''): readonly string[] {
  const scopes = scope.split(' ').filter((part) => part !== '')
  if (!scopes.every((part) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(part)))
    throw new Fault('policy.scope', { says: 'The scope is malformed.' })
  return [...new Set(scopes)]
}

function required(form: Form, name: string): string {
  const [value] = form.get(name) ?? []
  if (value === undefined) throw malformed(`${name} is missing.`)
  return value
}

function malformed(says: string): Fault {
  return new Fault('request.malformed', { says })
}
