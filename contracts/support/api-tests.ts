import { HTTPResponseStatusClass, MatchersV3 } from '@pact-foundation/pact'
import { describe, expect, test } from 'vitest'
import type { Expected } from './consumer.ts'
import { type GatewayInFront, mintedToken } from './gateway-in-front.ts'
import { bearerFromState } from './matchers.ts'

const { matchStatus, reify } = MatchersV3

type Request = Expected<string>['request']

/** One typed call, what it sends, and the least that it needs of the answer. */
export interface ApiCall<State extends string, Api> {
  readonly operation: string
  /** What must be so at the API for the call to succeed. */
  readonly given: NonNullable<Expected<State>['given']>
  /** With the fields that the call has beside those that all have. */
  readonly request: Request
  readonly response: { readonly status: number; readonly body?: object }
  readonly call: (api: Api) => Promise<unknown>
  /** What the caller gets of the answer's body. Default: all of it. */
  readonly returns?: (body: unknown) => unknown
}

/** A call that does not succeed. */
export interface RefusedCall<State extends string> extends Expected<State> {
  readonly call: () => Promise<unknown>
  /** What it rejects with, as far as a caller may rely on it. */
  readonly reason: {
    readonly name: 'UpstreamError' | 'GatewayError'
    readonly status: number
    readonly code?: string
    /** A part of it. */
    readonly problem?: object
  }
}

/** How the gateway shows its credential. */
export interface Shown {
  readonly headers: NonNullable<Request['headers']>
  readonly query?: NonNullable<Request['query']>
}

/** The minted token in place of the identity. */
export const shownToken: Shown = { headers: { authorization: bearerFromState('token', mintedToken) } }

/** A request as the gateway sends it on: the call's own, and the credential. */
export function sentOn(request: Request, shown: Shown = shownToken): Request {
  const contentType = request.body === undefined ? {} : { 'content-type': 'application/json' }
  const query = { ...request.query, ...shown.query }
  return {
    ...request,
    headers: { accept: 'application/json', ...shown.headers, ...contentType, ...request.headers },
    ...(Object.keys(query).length > 0 && { query }),
  }
}

/** Tests that calls reach the API with the gateway's credential, and the answer the caller. Any 2xx is one. */
export function testCalls<State extends string, Api>(
  gateway: GatewayInFront<State>,
  api: Api,
  calls: readonly (ApiCall<State, Api> & { readonly shown?: Shown })[],
): void {
  describe("a call reaches the API with the gateway's credential, and the answer the caller", () => {
    test.each(calls)('$operation', async ({ operation, given, request, response, shown, call, returns }) => {
      const status = matchStatus(response.status, HTTPResponseStatusClass.Success)
      const expected = {
        receives: operation,
        request: sentOn(request, shown),
        response: { ...response, status },
      }
      const answer = await gateway.through({ given, ...expected }, () => call(api))
      const body = response.body && reify(response.body)
      expect(answer).toEqual(returns === undefined ? body : returns(body))
    })
  })
}

/** Tests that a caller can tell the API's own refusals from those that are about the gateway's credential. */
export function testRefusals<State extends string>(
  gateway: GatewayInFront<State>,
  refusals: readonly RefusedCall<State>[],
): void {
  describe('a refusal is told by whom it is', () => {
    test.each(refusals)(
      '$reason.name $reason.status for $receives',
      async ({ call, reason, ...expected }) => {
        const [outcome] = await gateway.through(expected, () => Promise.allSettled([call()]))
        expect(outcome).toMatchObject({ reason })
      },
    )
  })
}
