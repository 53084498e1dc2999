import { createClient } from '@countersign/client'
import type { CountersignKit } from '@countersign/testkit'
import {
  CoreV1Api,
  createConfiguration,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node'
import { Octokit } from '@octokit/core'
import { ManagementClient } from 'auth0'
import createOpenapiClient from 'openapi-fetch'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startKit } from './kit.ts'

let kit: CountersignKit
beforeAll(async () => {
  kit = await startKit()
})
afterAll(() => kit?.stop())
beforeEach(() => {
  for (const name of ['github', 'auth0', 'cluster', 'crm']) kit.upstream(name).forget()
})

/** The one request that reached the upstream carried a minted token, and nothing that the SDK or the caller had. */
function arrived(name: string, secrets: readonly string[] = []) {
  const { requests, tokens } = kit.upstream(name)
  expect(requests).toHaveLength(1)
  const [request] = requests
  const shown = request?.headers.get('authorization')
  expect(tokens.issued.map((issued) => `Bearer ${issued}`)).toContain(shown)
  const everything = JSON.stringify([request?.path, [...(request?.headers ?? [])], request?.body])
  for (const secret of secrets) expect(everything).not.toContain(secret)
  return request
}

describe('@octokit/core', () => {
  const vendorToken = 'eyJhbGciOiJub25lIn0.eyJpc3MiOiIxIn0.vendor-secret'

  it('is handed the client as its fetch: the vendor’s address is the gateway’s, its own token is dropped', async () => {
    kit.upstream('github').answer('GET /repos/{owner}/{repo}', { body: { full_name: 'o/r' } })
    const { fetch } = kit.client('ci').upstream('github', { url: 'https://api.github.com' })
    const octokit = new Octokit({ auth: vendorToken, request: { fetch } })
    const { data } = await octokit.request('GET /repos/{owner}/{repo}', { owner: 'o', repo: 'r' })
    expect(data.full_name).toBe('o/r')
    expect(arrived('github', ['vendor-secret'])?.headers.get('accept')).toContain('github')
  })

  it('sends a body, and gets an upstream’s refusal as its own kind of error', async () => {
    kit.upstream('github').answer({ status: 422, body: { message: 'Validation Failed' } })
    const { fetch } = kit.client('ci').upstream('github', { url: 'https://api.github.com' })
    const octokit = new Octokit({ request: { fetch } })
    const refused = octokit.request('POST /repos/{owner}/{repo}/issues', {
      owner: 'o',
      repo: 'r',
      title: 'é',
    })
    await expect(refused).rejects.toMatchObject({ status: 422 })
    expect(arrived('github')?.json()).toEqual({ title: 'é' })
  })

  it('on its own, with the workload’s token and a path prefix: a lower-case bearer will do', async () => {
    kit.upstream('github').answer({ body: { full_name: 'o/r' } })
    const auth = await kit.identity('ci').token()
    let scheme = ''
    const seeing = (url: string, init: RequestInit) => {
      scheme = new Headers(init.headers).get('authorization')?.split(' ')[0] ?? ''
      return fetch(url, init)
    }
    const octokit = new Octokit({ auth, baseUrl: `${kit.url}/github`, request: { fetch: seeing } })
    await octokit.request('GET /repos/{owner}/{repo}', { owner: 'o', repo: 'r' })
    expect(scheme).toBe('bearer')
    arrived('github', [auth.slice(-40)])
  })

  it('to another address than the vendor’s gets nothing of ours', async () => {
    const { fetch } = kit.client('ci').upstream('github', { url: 'https://api.github.com' })
    const octokit = new Octokit({ request: { fetch } })
    await expect(octokit.request('GET https://evil.example/x')).rejects.toThrow('gets no credential')
  })
})

describe('auth0', () => {
  const management = () => {
    const { fetch } = kit.client('ci').upstream('auth0', { url: 'https://tenant.eu.auth0.com' })
    // It insists on a token of its own: whatever it is, it stays here.
    return new ManagementClient({ domain: 'tenant.eu.auth0.com', token: 'sdk-own-token', fetch })
  }

  it('reads and writes through the gateway, its own token dropped', async () => {
    kit.upstream('auth0').answer('GET /api/v2/users/{id}', { body: { user_id: 'auth0|1' } })
    expect(await management().users.get('auth0|1')).toMatchObject({ user_id: 'auth0|1' })
    expect(arrived('auth0', ['sdk-own-token'])?.path).toBe('/api/v2/users/auth0%7C1')
  })

  it('writes a body', async () => {
    kit.upstream('auth0').answer('POST /api/v2/users', { status: 201, body: { user_id: 'auth0|2' } })
    await management().users.create({ connection: 'db', email: 'a@b.example' })
    expect(arrived('auth0')?.json()).toMatchObject({ connection: 'db' })
  })
})

describe('openapi-fetch', () => {
  interface paths {
    '/accounts/{id}': {
      get: {
        parameters: { path: { id: string } }
        responses: { 200: { content: { 'application/json': { id: string } } } }
      }
    }
    '/accounts': {
      post: {
        requestBody: { content: { 'application/json': { name: string } } }
        responses: { 201: { content: { 'application/json': { id: string } } } }
      }
    }
  }

  it('calls with Request objects, bodies included', async () => {
    kit.upstream('crm').answer('POST /accounts', { status: 201, body: { id: '7' } })
    const { url, fetch } = kit.client('ci').upstream('crm')
    const crm = createOpenapiClient<paths>({
      baseUrl: url,
      fetch,
      headers: { authorization: 'Bearer sdk-own' },
    })
    const { data } = await crm.POST('/accounts', { body: { name: 'Ünït' } })
    expect(data).toEqual({ id: '7' })
    expect(arrived('crm', ['sdk-own'])?.json()).toEqual({ name: 'Ünït' })
  })

  it('is cancelled by its signal', async () => {
    const { url, fetch } = kit.client('ci').upstream('crm')
    const crm = createOpenapiClient<paths>({ baseUrl: url, fetch })
    const cancelled = crm.GET('/accounts/{id}', {
      params: { path: { id: '1' } },
      signal: AbortSignal.abort(),
    })
    await expect(cancelled).rejects.toThrow('aborted')
    expect(kit.upstream('crm').requests).toHaveLength(0)
  })

  it('through the upstream’s own host', async () => {
    kit.upstream('crm').answer('GET /accounts/{id}', { body: { id: '1' } })
    // What name resolution would do: every name leads to the gateway.
    const dispatcher = new Agent({
      connect: { lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
    })
    const { port } = new URL(kit.url)
    const client = createClient({
      gateway: `http://crm.gateway.internal:${port}`,
      identity: kit.identity('ci'),
      plainHttp: true,
      fetch: (url, init) =>
        undiciFetch(url, { ...init, dispatcher } as never) as unknown as Promise<Response>,
    })
    const crm = createOpenapiClient<paths>({
      baseUrl: `http://crm.gateway.internal:${port}`,
      fetch: client.fetch,
    })
    const { data } = await crm.GET('/accounts/{id}', { params: { path: { id: '1' } } })
    expect(data).toEqual({ id: '1' })
    expect(arrived('crm')?.path).toBe('/accounts/1')
    await dispatcher.close()
  })
})

describe('@kubernetes/client-node', () => {
  /** Its transport is no `fetch`, and is made of one in ten lines. */
  function api(): CoreV1Api {
    const { fetch } = kit.client('ci').upstream('cluster', { url: 'https://kubernetes.default.svc' })
    const httpApi = wrapHttpLibrary({
      async send(request) {
        const body = request.getBody()
        const response = await fetch(request.getUrl(), {
          method: request.getHttpMethod(),
          headers: request.getHeaders(),
          ...(body !== undefined && { body: body as string }),
        })
        const bytes = Buffer.from(await response.arrayBuffer())
        return new ResponseContext(response.status, Object.fromEntries(response.headers), {
          text: async () => bytes.toString('utf8'),
          binary: async () => bytes,
          stream: () => new Blob([bytes]).stream(),
        })
      },
    })
    const baseServer = new ServerConfiguration('https://kubernetes.default.svc', {})
    return new CoreV1Api(createConfiguration({ baseServer, httpApi }))
  }

  it('lists and creates', async () => {
    const pods = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'a' } }] }
    kit.upstream('cluster').answer('GET /api/v1/namespaces/{namespace}/pods', { body: pods })
    const { items } = await api().listNamespacedPod({ namespace: 'ops' })
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['a'])
    arrived('cluster')
    kit.upstream('cluster').forget()
    kit.upstream('cluster').answer({ status: 201, body: { kind: 'ConfigMap', metadata: { name: 'b' } } })
    await api().createNamespacedConfigMap({ namespace: 'ops', body: { metadata: { name: 'b' } } })
    expect(arrived('cluster')?.json()).toMatchObject({ metadata: { name: 'b' } })
  })
})

describe('anything that calls a fetch', () => {
  const vendor = 'https://api.crm.example'
  const crm = () => kit.client('ci').upstream('crm', { url: vendor }).fetch
  const created = { status: 201, body: { id: '7' } }

  it.each<[string, () => Promise<Response>]>([
    ['a path', () => crm()('/accounts', { method: 'POST', body: 'x' })],
    ['the vendor’s address as text', () => crm()(`${vendor}/accounts`, { method: 'POST', body: 'x' })],
    ['a URL object', () => crm()(new URL('/accounts', vendor), { method: 'post', body: 'x' })],
    ['a Request', () => crm()(new Request(`${vendor}/accounts`, { method: 'POST', body: 'x' }))],
    [
      'a Request that is overridden',
      () =>
        crm()(new Request(`${vendor}/accounts`, { method: 'PUT', body: 'y' }), { method: 'POST', body: 'x' }),
    ],
    [
      'a stream',
      () =>
        crm()('/accounts', { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit),
    ],
  ])('by %s', async (_what, call) => {
    kit.upstream('crm').answer('POST /accounts', created)
    const response = await call()
    expect(response.status).toBe(201)
    expect(arrived('crm')?.body).toBe('x')
  })

  it('is cut off in the middle by its signal, with the signal’s reason', async () => {
    const controller = new AbortController()
    kit.upstream('crm').answer(() => controller.abort(new Error('enough')))
    await expect(crm()('/accounts/1', { signal: controller.signal })).rejects.toThrow('enough')
  })
})
