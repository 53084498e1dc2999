import { type ClientAuth, ClientSecretPost } from 'oauth4webapi'
import type { Credential } from './credential.ts'

/** How the gateway proves who it is to a token endpoint, by the names of the IANA registry (RFC 7591). */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post'

/** Every method; a new one is one more entry, and nothing else asks for its name. */
export const clientAuthMethods: Readonly<Record<ClientAuthMethod, (credential: Credential) => ClientAuth>> = {
  client_secret_basic: basic,
  client_secret_post: (credential) => ClientSecretPost(credential.clientSecret.reveal()),
}

/**
 * RFC 6749 2.3.1: id and secret are form-encoded, then joined and put into Base64.
 *
 * oauth4webapi's own `ClientSecretBasic` also encodes `-`, `.`, `_` and `*`, which the form encoding leaves
 * alone. Both decode to the same, but only this one also works with the many endpoints that forget to decode,
 * as long as the credential is made of such characters, and most are.
 */
function basic(credential: Credential): ClientAuth {
  return function authenticate(_server, client, _body, headers) {
    const pair = `${formEncode(client.client_id)}:${formEncode(credential.clientSecret.reveal())}`
    headers.set('authorization', `Basic ${btoa(pair)}`)
  }
}

/** `application/x-www-form-urlencoded` of one value. */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
