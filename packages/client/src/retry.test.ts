import { describe, expect, test, vi } from 'vitest'
import { type Answer, json, problem, startScriptedGateway } from '../test/scripted-gateway.ts'
import { createClient } from './create-client.ts'
import { staticIdentity } from './identity/static-identity.ts'
import type { RetryOptions } from './retry.ts'

const now = { 'retry-after': '0' }
const ok = json(200, { ok: true })
const post = { method: 'POST', body: 'once' }

describe('sent again, because the gateway says that it made no call and when to come back', () => {
  test.each([
    [429, 'policy.rate-limited'],
    [503, 'identity.keys-unavailable'],
    [503, 'mint.unavailable'],
    [503, 'audit.unavailable'],
    [503, 'gateway.exhausted'],
  ] as const)('%i %s, even a POST', async (status, code) => {
    expect(await run([problem(status, code, now), ok])).toEqual({ status: 200, requests: 2 })
  })

  test.each([
    ['URLSearchParams', () => new URLSearchParams('a=1')],
    ['ArrayBuffer', () => new ArrayBuffer(2)],
    ['Uint8Array', () => new Uint8Array(2)],
    ['Blob', () => new Blob(['x'])],
    ['FormData', () => new FormData()],
  ])('with a body of type %s', async (_name, body) => {
    const script = [problem(503, 'mint.unavailable', now), ok]
    expect(await run(script, { method: 'POST', body: body() })).toEqual({ status: 200, requests: 2 })
  })

  test('after the time that the gateway asked for, and not before', async () => {
    await using gateway = await startScriptedGateway(
      problem(503, 'mint.unavailable', { 'retry-after': '7' }),
      ok,
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const client = createClient({ gateway: gateway.url, identity: staticIdentity('t'), timeoutSeconds: 60 })
      const timers = vi.spyOn(globalThis, 'setTimeout')
      const answer = client.fetch('/a')
      await vi.waitUntil(() => timers.mock.calls.some(([, ms]) => ms === 7000), { interval: 1 })
      await vi.advanceTimersByTimeAsync(6900)
      expect(gateway.seen).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(100)
      expect((await answer).status).toBe(200)
    } finally {
      vi.restoreAllMocks()
      vi.useRealTimers()
    }
  })

  test('by date, too', async () => {
    const soon = { 'retry-after': new Date(Date.now() - 1000).toUTCString() }
    expect(await run([problem(429, 'policy.rate-limited', soon), ok])).toEqual({ status: 200, requests: 2 })
  })

  test('with a token asked for anew', async () => {
    const tokens = ['first', 'second']
    await using gateway = await startScriptedGateway(problem(503, 'mint.unavailable', now), ok)
    const client = createClient({ gateway: gateway.url, identity: { token: () => tokens.shift() ?? '' } })
    await client.fetch('/a')
    expect(gateway.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ])
  })
})

describe('not sent again', () => {
  test.each([
    ['an upstream asks for patience', json(429, {}, now)],
    ['an upstream has a problem of its own', foreignProblem(503, now)],
    ['the gateway does not say when', problem(503, 'mint.unavailable')],
    ['the gateway says something unreadable', problem(503, 'mint.unavailable', { 'retry-after': 'soon' })],
    ['the wait is longer than 10 s', problem(503, 'mint.unavailable', { 'retry-after': '11' })],
    ['the call may have been made', problem(504, 'upstream.timeout', now)],
    ['the fault is of a kind that does not pass', problem(503, 'mint.refused', now)],
  ])('%s', async (_name, answer) => {
    const { requests } = await run([answer, ok])
    expect(requests).toBe(1)
  })

  test('a body that is a stream, on its own or inside a Request', async () => {
    const script = [problem(503, 'mint.unavailable', now), ok]
    const body = () => new Blob(['x']).stream()
    expect(await run(script, { method: 'POST', body: body(), duplex: 'half' })).toEqual({
      status: 503,
      requests: 1,
    })
    await using gateway = await startScriptedGateway(...script)
    const client = createClient({ gateway: gateway.url, identity: staticIdentity('t') })
    expect((await client.fetch(new Request(`${gateway.url}/a`, post))).status).toBe(503)
  })

  test('more often than once, unless asked to', async () => {
    const always = [problem(429, 'policy.rate-limited', now)]
    expect(await run(always)).toEqual({ status: 429, requests: 2 })
    expect(await run(always, post, { times: 3 })).toEqual({ status: 429, requests: 4 })
    expect(await run(always, post, false)).toEqual({ status: 429, requests: 1 })
  })

  test('when cancelled while waiting', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    await using gateway = await startScriptedGateway(
      problem(503, 'mint.unavailable', { 'retry-after': '9' }),
      ok,
    )
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const client = createClient({ gateway: gateway.url, identity: staticIdentity('t') })
    const answer = client.fetch('/a', { signal: controller.signal })
    await vi.waitUntil(() => timers.mock.calls.some(([, ms]) => ms === 9000), { interval: 1 })
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
    expect(gateway.seen).toHaveLength(1)
    timers.mockRestore()
  })

  test.each([
    ['the tries are used up', 'policy.rate-limited'],
    ['another try is of no use', 'mint.refused'],
  ] as const)('and the answer is handed over unread when %s', async (_name, code) => {
    await using gateway = await startScriptedGateway(problem(503, code, now))
    const response = await createClient({ gateway: gateway.url, identity: staticIdentity('t') }).fetch('/a')
    expect(await response.json()).toMatchObject({ code })
  })
})

async function run(script: Answer[], init: RequestInit = post, retry?: RetryOptions | false) {
  await using gateway = await startScriptedGateway(...script)
  const own = retry === undefined ? {} : { retry }
  const client = createClient({ gateway: gateway.url, identity: staticIdentity('t'), ...own })
  const { status } = await client.fetch('/a', init)
  return { status, requests: gateway.seen.length }
}

function foreignProblem(status: number, headers: Record<string, string>): Answer {
  const body = { type: 'about:blank', code: 'mint.unavailable', owner: 'upstream', detail: 'theirs' }
  return json(status, body, { ...headers, 'content-type': 'application/problem+json' })
}
