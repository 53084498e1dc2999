import { type FaultCode, faultKinds, faultType } from '@countersign/auth-core/client'
import { type Client, createClient, staticIdentity } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import type { Expected } from './consumer.ts'
import { bearerFromState, wholly } from './matchers.ts'

/** What callers of the gateway show in contracts; the provider's state hands over a real one. */
export const exampleIdentity = 'identity-of-the-service'

/** The same as a header field. */
export const authorization = bearerFromState('identity', exampleIdentity)

/** The id under which the gateway has recorded the call. */
export const requestId = wholly(/[\w.-]{8,64}/, '0d9c7c0e-5a0e-4c1b-9d0e-6f3d1f0c9f55')

/** The thin client as a service has it, in front of the gateway of a contract. */
export function clientOf(gateway: string, token: string = exampleIdentity): Client {
  return createClient({ gateway, identity: staticIdentity(token), retry: false })
}

/** A fault of the gateway as callers may rely on it (RFC 9457). */
export function problemAnswer(
  code: FaultCode,
  status: number,
  headers: Expected<string>['response']['headers'] = {},
): Expected<string>['response'] {
  const { owner, says } = faultKinds[code]
  const text = MatchersV3.like(says)
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId, ...headers },
    body: { type: faultType(code), code, owner, status, title: text, detail: text, request_id: requestId },
  }
}
