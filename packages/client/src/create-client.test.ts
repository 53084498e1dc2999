import { inspect } from 'node:util'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { json, problem, startScriptedGateway } from '../test/scripted-gateway.ts'
import { type Client, createClient } from './create-client.ts'
import { GatewayUnreachableError } from './gateway-unreachable-error.ts'
import { IdentityError } from './identity/identity-error.ts'
import { staticIdentity } from './identity/static-identity.ts'

const token = 'own-identity-token'
const identity = staticIdentity(token)

describe('as a fetch', () => {
  test('strings, URLs and Requests mean the same call, with the own credential in place of any other', async () => {
    await using gateway = await startScriptedGateway(json(200, {}))
    const { url, fetch } = createClient({ gateway: gateway.url, identity }).upstream('inbox-manager')
    const sdk = { authorization: 'bearer vendor-token', 'x-sdk': '1', cookie: 'vendor=1' }
    const post = { method: 'POST', body: '{"a":1}' }

    await fetch('/api/accounts?limit=2', { ...post, headers: sdk })
    await fetch(new URL(`${url}/api/accounts?limit=2`), { ...post, headers: new Headers(sdk) })
    await fetch(`${url}/api/accounts?limit=2`, { ...post, headers: Object.entries(sdk) })
    await fetch(new Request(`${url}/api/accounts?limit=2`, { ...post, headers: sdk }))
    await fetch(new Request(`${url}/api/accounts?limit=2`, { headers: { authorization: 'x' } }), {
      ...post,
      headers: sdk,
    })

    expect(gateway.seen).toHaveLength(5)
    for (const seen of gateway.seen) {
      expect(seen).toMatchObject({
        method: 'POST',
        url: '/inbox-manager/api/accounts?limit=2',
        body: '{"a":1}',
      })
      expect(seen.headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-sdk': '1' })
      expect(JSON.stringify(seen.headers)).not.toContain('vendor')
    }
  })

  test('an SDK that insists on the vendor address is led to the gateway', async () => {
    await using gateway = await startScriptedGateway(json(200, {}))
    const client = createClient({ gateway: `${gateway.url}/prefix/`, identity })
    const { fetch } = client.upstream('inbox-manager', { url: 'https://api.inbox-manager.com/v1/' })
    await fetch('https://api.inbox-manager.com/v1/api/accounts?q=%2F')
    await fetch('relative')
    expect(gateway.seen.map(({ url }) => url)).toEqual([
      '/prefix/inbox-manager/api/accounts?q=%2F',
      '/prefix/inbox-manager/relative',
    ])
  })

  test('keeps the habits of fetch: a refusal is an answer, misuse is a TypeError', async () => {
    await using gateway = await startScriptedGateway(problem(403, 'policy.refused'))
    const { fetch } = createClient({ gateway: gateway.url, identity })
    expectTypeOf(fetch).toExtend<typeof globalThis.fetch>()
    const response = await fetch('/inbox-manager/api/accounts')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'policy.refused' })
    await expect(fetch('/x', { body: 'a GET with a body' })).rejects.toThrow(TypeError)
  })

  test('uses the fetch that it is given', async () => {
    const urls: string[] = []
    const fetch = async (url: string) => {
      urls.push(url)
      return new Response('mine')
    }
    const client = createClient({ gateway: 'https://gateway.internal', identity, fetch })
    expect(await (await client.fetch('/a/b')).text()).toBe('mine')
    expect(urls).toEqual(['https://gateway.internal/a/b'])
  })
})

describe('the credential', () => {
  test.each([
    'https://evil.example/api',
    'https://gateway.internal.evil.example/inbox-manager/x',
    'http://gateway.internal/inbox-manager/x',
    'https://gateway.internal:444/inbox-manager/x',
    'https://user@gateway.internal/inbox-manager/x',
    'https://gateway.internal/other/x',
    'https://gateway.internal/inbox-manager-2/x',
    '/../other/x',
    '/%2e%2e/other/x',
    '\\..\\..\\other',
    ' https://evil.example',
    'data:text/plain,x',
  ])('never goes to %s', async (input) => {
    const fetch = vi.fn(async () => new Response())
    const client = createClient({ gateway: 'https://gateway.internal', identity, fetch })
    await expect(client.upstream('inbox-manager').fetch(input)).rejects.toThrow(TypeError)
    expect(fetch).not.toHaveBeenCalled()
  })

  test.each(['//evil.example/x', '@evil.example/x', '/\\evil.example'])(
    '%s is a path of the gateway',
    async (input) => {
      const urls: URL[] = []
      const fetch = async (url: string) => {
        urls.push(new URL(url))
        return new Response()
      }
      await createClient({ gateway: 'https://gateway.internal', identity, fetch }).fetch(input)
      expect(urls[0]?.origin).toBe('https://gateway.internal')
    },
  )

  test.each([301, 302, 307, 308])('does not follow a %i, to another host or the same one', async (status) => {
    await using elsewhere = await startScriptedGateway(json(200, {}))
    await using gateway = await startScriptedGateway(
      json(status, {}, { location: `${elsewhere.url}/x` }),
      json(status, {}, { location: '/y' }),
    )
    const { fetch } = createClient({ gateway: gateway.url, identity })
    expect((await fetch('/a', { redirect: 'follow' })).status).toBe(status)
    expect((await fetch(new Request(`${gateway.url}/a`, { redirect: 'follow' }))).status).toBe(status)
    expect(gateway.seen).toHaveLength(2)
    expect(elsewhere.seen).toHaveLength(0)
  })

  test.each([
    'http://gateway.internal',
    'ftp://localhost',
    'https://u:p@gateway.internal',
    'gateway.internal',
  ])('is refused to the address %s', (gateway) => {
    expect(() => createClient({ gateway, identity })).toThrow(TypeError)
  })

  test('goes over plain HTTP where that is said in so many words', () => {
    expect(createClient({ gateway: 'http://gateway.internal', identity, plainHttp: true })).toBeDefined()
  })

  test('is in no error, even when it cannot be sent', async () => {
    const unsendable = 'a secret\r\nx-injected: 1'
    const client = createClient({ gateway: 'http://127.0.0.1:1', identity: staticIdentity(unsendable) })
    const error = await client.fetch('/a').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(IdentityError)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain('secret')
  })
})

describe('no answer', () => {
  test('a gateway that is not there: the call was certainly not made', async () => {
    const gateway = await startScriptedGateway(json(200, {}))
    await gateway[Symbol.asyncDispose]()
    const error = await failure(createClient({ gateway: gateway.url, identity }))
    expect(error).toBeInstanceOf(GatewayUnreachableError)
    expect(error).toMatchObject({ maybeSent: false, cause: expect.any(TypeError) })
    expect(String(error)).toContain(
      'POST /a: the gateway cannot be reached (ECONNREFUSED). The call was not made.',
    )
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token)
  })

  test('a connection that breaks: nobody knows, and it is not tried again', async () => {
    await using gateway = await startScriptedGateway((response) => response.destroy())
    const error = await failure(createClient({ gateway: gateway.url, identity }))
    expect(error).toMatchObject({ name: 'GatewayUnreachableError', maybeSent: true })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token)
    expect(gateway.seen).toHaveLength(1)
  })

  test('silence ends after the time that was set', async () => {
    await using gateway = await startScriptedGateway(() => undefined)
    const error = await failure(createClient({ gateway: gateway.url, identity, timeoutSeconds: 0.05 }))
    expect(error).toBeInstanceOf(GatewayUnreachableError)
    expect(String(error)).toContain('no answer within 0.05 s')
  })

  test('an identity source that hangs is named as what is late', async () => {
    const hanging = { token: () => new Promise<string>(() => undefined) }
    const client = createClient({ gateway: 'http://127.0.0.1:1', identity: hanging, timeoutSeconds: 0.01 })
    const error = await failure(client)
    expect(error).toBeInstanceOf(IdentityError)
    expect(String(error)).toContain('within 0.01 s')
  })

  test('a body may take longer than the head', async () => {
    let finish = () => undefined as unknown
    await using gateway = await startScriptedGateway((response) => {
      response.write('begin ')
      finish = () => response.end('end')
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const client = createClient({ gateway: gateway.url, identity, timeoutSeconds: 1 })
      const response = await client.fetch('/a')
      await vi.advanceTimersByTimeAsync(5000)
      finish()
      expect(await response.text()).toBe('begin end')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('cancellation', () => {
  const reason = new Error('changed my mind')

  test('before: neither the identity source nor the gateway is asked', async () => {
    await using gateway = await startScriptedGateway(json(200, {}))
    const source = { token: vi.fn(() => token) }
    const { fetch } = createClient({ gateway: gateway.url, identity: source })
    await expect(fetch('/a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(source.token).not.toHaveBeenCalled()
    expect(gateway.seen).toHaveLength(0)
  })

  test('while the identity source is asked', async () => {
    const controller = new AbortController()
    const source = {
      token() {
        controller.abort(reason)
        return new Promise<string>(() => undefined)
      },
    }
    const { fetch } = createClient({ gateway: 'http://127.0.0.1:1', identity: source })
    await expect(fetch('/a', { signal: controller.signal })).rejects.toBe(reason)
  })

  test('before the head of the answer, by the signal of init or of the Request', async () => {
    const controllers = [new AbortController(), new AbortController()]
    await using gateway = await startScriptedGateway(
      () => controllers[0]?.abort(reason),
      () => controllers[1]?.abort(reason),
    )
    const { fetch } = createClient({ gateway: gateway.url, identity })
    const [first, second] = controllers.map(({ signal }) => signal)
    await expect(fetch('/a', { signal: first ?? null })).rejects.toBe(reason)
    await expect(fetch(new Request(`${gateway.url}/a`, { signal: second ?? null }))).rejects.toBe(reason)
  })

  test('after the head: the body ends with the reason', async () => {
    await using gateway = await startScriptedGateway((response) => void response.write('begin'))
    const controller = new AbortController()
    const { fetch } = createClient({ gateway: gateway.url, identity })
    const response = await fetch('/a', { signal: controller.signal })
    controller.abort(reason)
    await expect(response.text()).rejects.toBe(reason)
  })
})

async function failure(client: Client): Promise<unknown> {
  return client.fetch('/a', { method: 'POST', body: 'x' }).then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error,
  )
}
