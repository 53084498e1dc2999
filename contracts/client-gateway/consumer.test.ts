import { faultKinds } from '@countersign/auth-core/client'
import { expectOk, inboxManager } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { describe, expect, test } from 'vitest'
import { inboxManagerCalls } from '../calls/inbox-manager.ts'
import { consumerOf } from '../support/consumer.ts'
import { authorization, clientOf, problemAnswer, requestId } from '../support/gateway-answers.ts'
import { wholly } from '../support/matchers.ts'
import { faultCases } from './fault-cases.ts'
import { calledIn, type GatewayState } from './states.ts'

const { reify } = MatchersV3
const interact = consumerOf<GatewayState>({ consumer: 'countersign-client', provider: 'countersign-gateway' })

describe('a typed call gets what the upstream answers', () => {
  test.each(inboxManagerCalls)('$operation', async ({ operation, request, response, call }) => {
    const body = response.body && reify<Record<string, string>>(response.body)
    const content = request.body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await interact(
      {
        given: calledIn('provisioning may do everything, and the upstream answers', {
          status: response.status,
          ...(body && { body }),
        }),
        receives: operation,
        // To the gateway the ids of an upstream are text like any other.
        request: {
          ...request,
          ...(request.body !== undefined && { body: reify(request.body) }),
          path: `/inbox-manager${reify(request.path)}`,
          headers: { accept: 'application/json', authorization, ...content },
        },
        response: { ...response, headers: { 'x-request-id': requestId } },
      },
      (url) => call(inboxManager(clientOf(url))),
    )
    expect(answer).toEqual(body)
  })

  test('its refusals among it', async () => {
    const body = { error: { code: 'conflict' } }
    const outcome = await interact(
      {
        given: calledIn('provisioning may do everything, and the upstream answers', { status: 409, body }),
        receives: 'a call that the upstream refuses',
        request: { method: 'DELETE', path: '/inbox-manager/api/users/uid_known', headers: { authorization } },
        response: { status: 409, headers: { 'x-request-id': requestId }, body },
      },
      (url) => Promise.allSettled([inboxManager(clientOf(url)).removeUser('uid_known')]),
    )
    const reason = { name: 'UpstreamError', status: 409, body, requestId: reify(requestId) }
    expect(outcome).toMatchObject([{ reason }])
  })
})

const listAccounts = { receives: 'accounts.list', method: 'GET', path: '/inbox-manager/api/accounts' }

describe('a fault of the gateway is a typed error', () => {
  test.each(faultCases)('$code', async ({ code, status, given, retryAfter, call = listAccounts }) => {
    const { receives, method, path, token } = { token: undefined, ...call }
    const { owner } = faultKinds[code]
    const retry = retryAfter === undefined ? {} : { 'retry-after': wholly(/\d+/, String(retryAfter)) }
    const outcome = await interact(
      {
        ...(given && { given: calledIn(given) }),
        receives,
        request: {
          ...{ method, path },
          headers: { authorization: token === undefined ? authorization : `Bearer ${token}` },
        },
        response: problemAnswer(code, status, retry),
      },
      (url) =>
        Promise.allSettled([
          clientOf(url, token)
            .fetch(path, { method })
            .then((answer) => expectOk(answer)),
        ]),
    )
    const reason = { name: 'GatewayError', code, owner, status, requestId: reify(requestId) }
    expect(outcome).toMatchObject([{ reason: { ...reason, retryAfterSeconds: retryAfter } }])
  })

  test('an answer to HEAD has no body, and says it in a header field', async () => {
    const outcome = await interact(
      {
        given: calledIn('marketing may only list accounts'),
        receives: 'an unknown path, asked for its header',
        request: { method: 'HEAD', path: '/inbox-manager/api/nothing', headers: { authorization } },
        response: {
          status: 404,
          headers: {
            'content-type': 'application/problem+json',
            'proxy-status': wholly(
              /countersign; error=\w+; details="route\.unknown"/,
              'countersign; error=destination_not_found; details="route.unknown"',
            ),
          },
        },
      },
      async (url) => {
        const answer = clientOf(url).fetch('/inbox-manager/api/nothing', { method: 'HEAD' })
        return await Promise.allSettled([answer.then((head) => expectOk(head))])
      },
    )
    expect(outcome).toMatchObject([{ reason: { code: 'route.unknown', owner: 'caller', status: 404 } }])
  })
})
