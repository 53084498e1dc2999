import { faultKinds } from '@countersign/auth-core/client'
import { expectOk } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { describe, expect, test } from 'vitest'
import { consumerOf } from '../support/consumer.ts'
import { authorization, clientOf, problemAnswer, requestId } from '../support/gateway-answers.ts'
import type { ServiceCall } from './service-call.ts'
import { serviceCalls } from './service-calls.ts'
import type { PlatformState } from './states.ts'

const { reify } = MatchersV3

describe.each([...serviceCalls])('%s', (service, calls) => {
  const interact = consumerOf<PlatformState>({ consumer: service, provider: 'countersign-gateway' })

  test.each(calls.filter(({ refused }) => !refused))('gets $receives', async (call) => {
    const { receives, claims, answer } = call
    const scripted = { status: answer ? 200 : 204, ...(answer && { body: answer }) }
    const outcome = await interact(
      {
        given: [
          'the policy of the platform is in force, and the upstream answers',
          { service, ...(claims && { claims }), ...scripted },
        ],
        receives,
        request: requestOf(call),
        response: { ...scripted, headers: { 'x-request-id': requestId } },
      },
      async (url) => {
        const response = await expectOk(await send(url, call))
        return answer ? await response.json() : await response.text()
      },
    )
    expect(outcome).toEqual(answer ?? '')
  })

  test.each(calls.filter(({ refused }) => refused))('is refused $receives', async (call) => {
    const { receives, claims, refused: code = 'policy.refused' } = call
    const outcome = await interact(
      {
        given: ['the policy of the platform is in force', { service, ...(claims && { claims }) }],
        receives,
        request: requestOf(call),
        response: problemAnswer(code, 403),
      },
      async (url) => Promise.allSettled([send(url, call).then((response) => expectOk(response))]),
    )
    const { owner } = faultKinds[code]
    const reason = { name: 'GatewayError', code, owner, status: 403, requestId: reify(requestId) }
    expect(outcome).toMatchObject([{ reason }])
  })
})

function partsOf({ call }: ServiceCall): { method: string; target: string } {
  const [method = '', target = ''] = call.split(' ')
  return { method, target }
}

function send(url: string, call: ServiceCall): Promise<Response> {
  const { method, target } = partsOf(call)
  const { body, headers } = call
  return clientOf(url).fetch(target, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
}

function requestOf(call: ServiceCall) {
  const { method, target } = partsOf(call)
  const { body, headers } = call
  const [path = '', search = ''] = target.split('?')
  const query = Object.fromEntries(new URLSearchParams(search))
  return {
    ...{ method, path },
    ...(search !== '' && { query }),
    headers: { authorization, ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  }
}
