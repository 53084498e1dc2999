import { faultKinds } from '@countersign/auth-core/client'
import { describe, expect, test } from 'vitest'
import { type Answer, json, problem, startScriptedGateway } from '../test/scripted-gateway.ts'
import { createClient } from './create-client.ts'
import { expectOk } from './expect-ok.ts'
import { GatewayError } from './gateway-error.ts'
import { staticIdentity } from './identity/static-identity.ts'
import { UpstreamError } from './upstream-error.ts'

test('a success comes back untouched', async () => {
  const response = new Response('body')
  expect(await expectOk(response)).toBe(response)
  expect(response.bodyUsed).toBe(false)
})

describe('an answer of the gateway itself', () => {
  test.each(Object.keys(faultKinds) as (keyof typeof faultKinds)[])('%s', async (code) => {
    const error = await errorOf(problem(503, code))
    expect(error).toBeInstanceOf(GatewayError)
    expect(error).toMatchObject({
      code,
      owner: faultKinds[code].owner,
      requestId: 'req-gateway',
      status: 503,
    })
  })

  test('reads well at three in the morning', async () => {
    const error = await errorOf(problem(503, 'audit.unavailable', { 'retry-after': '30' }))
    expect(error).toMatchObject({ retryAfterSeconds: 30 })
    expect(String(error)).toBe(
      'GatewayError: /inbox-manager/api/accounts: the gateway answered 503 audit.unavailable. ' +
        'The call cannot be recorded and was not made. To act: the team that operates the gateway. ' +
        'Worth another try after 30 s. Request id: req-gateway.',
    )
  })

  test('keeps sentences apart where the detail ends in a command', () => {
    const detail = 'Nobody has consented; run: countersign connect aurinko'
    const facts = { status: 502, requestId: 'r', retryAfterSeconds: undefined, call: '/a' }
    const problem = {
      type: 't',
      title: 't',
      status: 502,
      detail,
      code: 'mint.refused',
      request_id: 'r',
    } as const
    const { message } = new GatewayError({ ...facts, problem: { ...problem, owner: 'operator' } })
    expect(message).toContain('run: countersign connect aurinko. To act: ')
  })

  test('a code that is newer than this client is the fault of the gateway all the same', async () => {
    expect(await errorOf(problem(403, 'policy.of-tomorrow'))).toMatchObject({
      name: 'GatewayError',
      code: 'policy.of-tomorrow',
      owner: 'caller',
    })
  })

  test('is known without a body, after HEAD', async () => {
    expect(await errorOf(problem(403, 'policy.refused'), 'HEAD')).toMatchObject({
      name: 'GatewayError',
      code: 'policy.refused',
      owner: 'caller',
      requestId: 'req-gateway',
    })
  })
})

describe("an upstream's own answer", () => {
  test('keeps status and body, and says where to look', async () => {
    const body = { error: { code: 'conflict', message: 'ada@example.com is a member' } }
    const error = await errorOf(json(409, body, { 'retry-after': '3' }))
    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({ status: 409, body, requestId: 'req-upstream', retryAfterSeconds: 3 })
    expect(String(error)).toBe(
      'UpstreamError: /inbox-manager/api/accounts: the upstream answered 409. Request id: req-upstream.',
    )
  })

  const own = {
    code: 'policy.refused',
    owner: 'caller',
    detail: 'x',
    type: 'urn:countersign:fault:policy.refused',
  }
  test.each([
    ['a problem without code and owner', { title: 'No' }, 'application/problem+json'],
    [
      'a problem of its own type',
      { ...own, type: 'https://upstream.example/no' },
      'application/problem+json',
    ],
    ['an owner that is none', { ...own, owner: 'nobody' }, 'application/problem+json'],
    ["the gateway's problem as plain JSON", own, 'application/json'],
    ['null', null, 'application/problem+json'],
  ])('%s is not taken for the gateway', async (_name, body, type) => {
    const error = await errorOf(json(403, body, { 'content-type': type }))
    expect(error).toMatchObject({ name: 'UpstreamError', body })
  })

  test('HTML, nothing and half of JSON are text', async () => {
    for (const text of ['<html>', '', '{"half":'])
      expect(await errorOf((res) => void res.writeHead(502).end(text))).toMatchObject({ body: text })
  })

  test('without a request id it may come from a load balancer', async () => {
    const error = await errorOf((res) => void res.writeHead(502).end('<html>'))
    expect(String(error)).toContain('may not have come through the gateway')
  })

  test('a body that never ends is read for 64 KiB', async () => {
    const error = await errorOf((res) => void res.writeHead(500).write('x'.repeat(100_000)))
    expect(error).toMatchObject({ body: 'x'.repeat(65_536) })
  })

  test('a redirect is no success', async () => {
    expect(await errorOf(json(302, {}, { location: 'https://evil.example' }))).toMatchObject({ status: 302 })
  })
})

async function errorOf(answer: Answer, method = 'GET'): Promise<unknown> {
  await using gateway = await startScriptedGateway(answer)
  const client = createClient({ gateway: gateway.url, identity: staticIdentity('t'), retry: false })
  const response = await client.fetch('/inbox-manager/api/accounts?secret=1', { method })
  return expectOk(response).then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error,
  )
}
