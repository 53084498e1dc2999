import { SignJWT } from 'jose'
import { type ClientAuth, ClientSecretPost } from 'oauth4webapi'
import type { Clock } from '../clock.ts'
import type { AssertionKey, Credential } from './credential.ts'

/** How the gateway proves who it is to a token endpoint, by the names of the IANA registry where it has one. */
export type ClientAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'workload_jwt'

/** What one request is authenticated with. */
export interface ClientProof {
  readonly credential: Credential
  /** `aud` of an assertion that the gateway signs: one value (RFC 7523 3). */
  readonly assertionAudience: string
  readonly clock: Clock
}

/** A method: the parts of a credential that it cannot do without, and what it does with them. */
export interface ClientAuthEntry {
  readonly needs: readonly Exclude<keyof Credential, 'members' | 'version'>[]
  readonly authenticate: (proof: ClientProof) => ClientAuth
}

/** Every method; a new one is one more entry, and nothing else asks for its name. */
export const clientAuthMethods: Readonly<Record<ClientAuthMethod, ClientAuthEntry>> = {
  client_secret_basic: { needs: ['clientId', 'clientSecret'], authenticate: basic },
  client_secret_post: {
    needs: ['clientId', 'clientSecret'],
    authenticate: ({ credential }) => ClientSecretPost(part(credential, 'clientSecret').reveal()),
  },
  private_key_jwt: { needs: ['clientId', 'signingKey'], authenticate: signedAssertion },
  tls_client_auth: { needs: ['clientId', 'certificate'], authenticate: certificateOnly },
  workload_jwt: { needs: ['workloadToken'], authenticate: ownToken },
}

/**
 * RFC 6749 2.3.1: id and secret are form-encoded, then joined and put into Base64.
 *
 * oauth4webapi's own `ClientSecretBasic` also encodes `-`, `.`, `_` and `*`, which the form encoding leaves
 * alone. Both decode to the same, but only this one also works with the many endpoints that forget to decode,
 * as long as the credential is made of such characters, and most are.
 */
function basic({ credential }: ClientProof): ClientAuth {
  const secret = part(credential, 'clientSecret')
  return function authenticate(_server, client, _body, headers) {
    headers.set(
      'authorization',
      `Basic ${btoa(`${formEncode(client.client_id)}:${formEncode(secret.reveal())}`)}`,
    )
  }
}

/** Seconds an assertion may be used; RFC 7523 3 wants it short, and a request takes at most ten. */
const assertionSeconds = 60

/** RFC 7523 2.2: a new assertion for every request, of use to this one endpoint, once and for a minute. */
function signedAssertion({ credential, assertionAudience, clock }: ClientProof): ClientAuth {
  const { key, algorithm, keyId }: AssertionKey = part(credential, 'signingKey')
  return async function authenticate(_server, client, body) {
    const now = Math.floor(clock.now() / 1000)
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'JWT' })
      .setIssuer(client.client_id)
      .setSubject(client.client_id)
      .setAudience(assertionAudience)
      .setJti(crypto.randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + assertionSeconds)
      .sign(key)
    body.set('client_id', client.client_id)
    assert(body, assertion)
  }
}

/** RFC 8705 2: the proof is in the handshake, the request only says who it is from. */
function certificateOnly(): ClientAuth {
  return function authenticate(_server, client, body) {
    body.set('client_id', client.client_id)
  }
}

/** The workload's own token as assertion: its `iss`, `sub` and `aud` are the platform's, RFC 7523 3 all the same. */
function ownToken({ credential }: ClientProof): ClientAuth {
  const token = part(credential, 'workloadToken')
  return function authenticate(_server, _client, body) {
    if (credential.clientId !== undefined) body.set('client_id', credential.clientId)
    assert(body, token.reveal())
  }
}

function assert(body: URLSearchParams, assertion: string): void {
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  body.set('client_assertion', assertion)
}

/** A part that the configuration has made sure of. @throws {TypeError} */
function part<Name extends keyof Credential>(
  credential: Credential,
  name: Name,
): NonNullable<Credential[Name]> {
  const value = credential[name]
  if (value === undefined || value === null) throw new TypeError(`the credential has no ${name}`)
  return value
}

/** `application/x-www-form-urlencoded` of one value. */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
