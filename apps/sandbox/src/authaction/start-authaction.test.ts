import { createManualClock } from '@countersign/testkit'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuthActionOptions } from './authaction-options.ts'
import { type AuthAction, startAuthAction } from './start-authaction.ts'

type Answer = { status: number; headers: Headers; body: Record<string, unknown> & { id: string } }

let tenant: AuthAction
async function start(options: AuthActionOptions = {}): Promise<void> {
  await tenant?.close()
  tenant = await startAuthAction(options)
}
beforeEach(() => start())
afterEach(() => tenant.close())

async function ask(method: string, path: string, content?: unknown, token?: string): Promise<Answer> {
  const answer = await fetch(tenant.url + path, {
    method,
    headers: {
      ...(content !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: typeof content === 'string' ? content : (JSON.stringify(content) ?? null),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) }
}
const api = async (method: string, path: string, content?: unknown, token?: string) =>
  ask(method, `/api/v1${path}`, content, token ?? (await tenant.mintToken()))

const tokenFor = (change: Record<string, unknown> = {}, path = '/oauth2/m2m/token') =>
  ask('POST', path, {
    grant_type: 'client_credentials',
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    audience: tenant.url,
    ...change,
  })

describe('the token', () => {
  test.each([
    ['with a slash', true],
    ['without a slash', false],
  ])('verifies under the published keys, its issuer %s', async (_name, issuerSlash) => {
    await start({ issuerSlash })
    const { status, headers, body } = await tokenFor()
    expect([status, body.token_type, body.expires_in]).toEqual([200, 'Bearer', 86_400])
    expect(headers.get('cache-control')).toBe('no-store')
    const { body: discovery } = await ask('GET', '/.well-known/openid-configuration')
    const { payload } = await jwtVerify(
      String(body.access_token),
      createRemoteJWKSet(new URL(String(discovery.jwks_uri))),
      { issuer: issuerSlash ? `${tenant.url}/` : tenant.url, audience: tenant.url, algorithms: ['RS256'] },
    )
    expect([payload.sub, discovery.issuer]).toEqual([tenant.clientId, payload.iss])
    expect((await api('GET', '/users')).status).toBe(200)
  })

  test.each([
    ['both', 200, 200],
    ['new', 200, 404],
    ['old', 404, 200],
  ] as const)('comes from where `%s` says', async (tokenPath, atNew, atOld) => {
    await start({ tokenPath })
    expect([(await tokenFor()).status, (await tokenFor({}, '/oauth/m2m/token')).status]).toEqual([
      atNew,
      atOld,
    ])
    expect((await api('GET', '/users')).status).toBe(200)
  })

  test('can move to another path while it runs, which answers as the settings say', async () => {
    await start({ missingPathStatus: 405 })
    tenant.serveTokenPath('old')
    expect((await tokenFor()).status).toBe(405)
    expect((await tokenFor({}, '/oauth/m2m/token')).status).toBe(200)
    expect(tenant.requestCounts.token).toBe(1)
  })
})

describe('the token endpoint refuses', () => {
  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'access_denied'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'access_denied'],
    ['another grant_type', { grant_type: 'password' }, 403, 'unsupported_grant_type'],
    ['no audience', { audience: undefined }, 400, 'invalid_request'],
    ['a number for a secret', { client_secret: 7 }, 400, 'invalid_request'],
  ])('%s', async (_name, change, status, error) => {
    const answer = await tokenFor(change)
    expect([answer.status, answer.body.error]).toEqual([status, error])
  })

  test('what is not JSON', async () => {
    for (const content of ['{"grant_type":', '[]', 'null', '']) {
      expect([content, (await ask('POST', '/oauth2/m2m/token', content)).status]).toEqual([content, 400])
    }
    const form = await fetch(tenant.tokenEndpoint, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    expect([form.status, await form.json()]).toMatchObject([400, { error: 'invalid_request' }])
  })

  test('a client without a grant and a wrong audience, only where the settings say so', async () => {
    tenant.grantApi(false)
    expect((await tokenFor()).status).toBe(200)
    await start({ refusesAtTokenEndpoint: true })
    expect((await tokenFor()).status).toBe(200)
    expect(await tokenFor({ audience: `${tenant.url}/` })).toMatchObject({
      status: 403,
      body: {
        error: 'access_denied',
        error_description: `Client is not authorized to access "${tenant.url}/"`,
      },
    })
    tenant.grantApi(false)
    expect((await tokenFor()).status).toBe(403)
  })

  test('in every way it is told to break', async () => {
    tenant.failTokenEndpoint('unavailable')
    expect((await tokenFor()).status).toBe(503)
    tenant.failTokenEndpoint(undefined)
    expect((await tokenFor()).status).toBe(200)
  })
})

describe('the API answers 401, and always the same', () => {
  const unauthorized = { status: 401, body: { statusCode: 401, message: 'Unauthorized' } }

  test('without a token, before it says anything about paths', async () => {
    expect(await ask('GET', '/api/v1/no-such-thing')).toMatchObject(unauthorized)
  })

  test.each(['/', '/api/v1/', '/api/v2/'])('to a token for the audience that ends in %s', async (end) => {
    const token = await tenant.mintToken(tenant.url + end)
    expect(await api('GET', '/users', undefined, token)).toMatchObject(unauthorized)
  })

  test('to an application that is not granted the Management API', async () => {
    const token = await tenant.mintToken()
    tenant.grantApi(false)
    expect(await api('GET', '/users', undefined, token)).toMatchObject(unauthorized)
    tenant.grantApi(true)
    expect((await api('GET', '/users', undefined, token)).status).toBe(200)
  })

  test('to a token that is expired, revoked, or of another tenant', async () => {
    const clock = createManualClock(Date.now())
    await start({ clock })
    const expired = await tenant.mintToken()
    clock.advance(86_401_000)
    const revoked = await tenant.mintToken()
    tenant.revokeTokens()
    await using other = await startAuthAction()
    for (const token of [expired, revoked, await other.mintToken(tenant.url)]) {
      expect(await api('GET', '/users', undefined, token)).toMatchObject(unauthorized)
    }
  })
})

test('requests over the limit get 429 and the rate-limit fields', async () => {
  const token = await tenant.mintToken()
  tenant.limitRequests(1)
  const first = await api('GET', '/users', undefined, token)
  expect([first.status, first.headers.get('x-ratelimit-remaining')]).toEqual([200, '0'])
  expect(await api('GET', '/users', undefined, token)).toMatchObject({
    status: 429,
    body: { statusCode: 429, message: 'Too Many Requests' },
  })
})

describe('users', () => {
  test('come as a bare array with ids of 24 hexadecimal digits, or in `data` where the settings say so', async () => {
    const user = tenant.seed('users', { name: 'John Doe', email: 'john.doe@example.com' })
    expect(user.id).toMatch(/^[0-9a-f]{24}$/)
    expect((await api('GET', '/users')).body).toEqual([user])
    await start({ usersEnvelope: 'data' })
    expect((await api('GET', '/users')).body).toEqual({ data: [] })
  })

  test('come all at once unless a page is asked for', async () => {
    const users = [1, 2, 3].map((n) => tenant.seed('users', { email: `u${n}@x.y` }))
    expect((await api('GET', '/users')).body).toEqual(users)
    expect((await api('GET', '/users?page=2&limit=2')).body).toEqual(users.slice(2))
    expect((await api('GET', '/users?page=0')).status).toBe(400)
  })

  test('are made, read, changed by PATCH and removed', async () => {
    const { status, body: user } = await api('POST', '/users', { email: 'a@x.y', name: 'Ada', id: 'mine' })
    expect([status, user.id === 'mine']).toEqual([201, false])
    const changed = await api('PATCH', `/users/${user.id}`, { name: 'Ada Lovelace' })
    expect(changed.body).toEqual({ ...user, name: 'Ada Lovelace' })
    expect((await api('GET', `/users/${user.id}`)).body).toEqual(changed.body)
    expect((await api('POST', '/users', { email: 'a@x.y' })).status).toBe(409)
    expect((await api('DELETE', `/users/${user.id}`)).status).toBe(204)
    expect(await api('GET', `/users/${user.id}`)).toMatchObject({
      status: 404,
      body: { statusCode: 404, error: 'Not Found' },
    })
    expect((await api('POST', '/users', '[')).status).toBe(400)
    expect((await api('GET', '/users/__proto__')).status).toBe(404)
  })

  test('get roles and lose them', async () => {
    const { id } = tenant.seed('users')
    const role = tenant.seed('roles', { name: 'editor' })
    const at = `/users/${id}/roles`
    expect((await api('POST', at, { roles: ['none'] })).status).toBe(404)
    expect((await api('POST', at, { roles: [role.id] })).status).toBe(204)
    expect((await api('GET', at)).body).toEqual([role])
    expect((await api('DELETE', at, { roles: [role.id] })).status).toBe(204)
    expect((await api('GET', at)).body).toEqual([])
  })
})

test('an organization has members, and they have roles in it', async () => {
  const { id } = tenant.seed('organizations', { name: 'Acme' })
  const user = tenant.seed('users', { name: 'Ada' })
  const role = tenant.seed('roles', { name: 'admin' })
  const members = `/organizations/${id}/members`
  expect((await api('GET', `${members}/${user.id}/roles`)).status).toBe(404)
  expect((await api('POST', members, { userId: user.id })).status).toBe(201)
  expect((await api('GET', members)).body).toEqual([user])
  expect((await api('POST', `${members}/${user.id}/roles`, { roles: [role.id] })).status).toBe(204)
  expect((await api('GET', `${members}/${user.id}/roles`)).body).toEqual([role])
  expect((await api('GET', `/users/${user.id}/roles`)).body).toEqual([])
  expect((await api('DELETE', `${members}/${user.id}`)).status).toBe(204)
  expect((await api('GET', members)).body).toEqual([])
})

test.each(['applications', 'api-servers', 'connections', 'roles', 'organizations'])(
  '%s are plain',
  async (name) => {
    const { body } = await api('POST', `/${name}`, { name: 'one' })
    expect((await api('PATCH', `/${name}/${body.id}`, { name: 'two' })).body.name).toBe('two')
    expect((await api('GET', `/${name}`)).body).toHaveLength(1)
    expect((await api('DELETE', `/${name}/${body.id}`)).status).toBe(204)
    expect((await api('GET', '/plans')).body).toEqual([])
  },
)

test('a passkey transaction is verified by its nonce, once, and by its own application', async () => {
  const person = { externalId: 'ada', displayName: 'Ada' }
  const { body } = await api('POST', '/passkey-plus/app_1/transaction/register', person)
  const { transactionId, id } = body.data as Record<string, string>
  expect(body).toEqual({ data: { transactionId, id, verified: false } })
  const nonce = tenant.confirmPasskey(String(transactionId))
  expect((await api('POST', '/passkey-plus/app_2/authenticate/verify', { nonce })).status).toBe(400)
  const verified = await api('POST', '/passkey-plus/app_1/authenticate/verify', { nonce })
  expect(verified.body).toEqual({ data: { transactionId, id, verified: true } })
  expect((await api('POST', '/passkey-plus/app_1/authenticate/verify', { nonce })).status).toBe(400)
  expect(
    (await api('POST', '/passkey-plus/app_1/transaction/authenticate', { externalId: 'a' })).status,
  ).toBe(400)
  expect(() => tenant.confirmPasskey('none')).toThrow('no passkey transaction')
})

test('reset brings back the first day, but tokens stay good', async () => {
  const token = await tenant.mintToken()
  tenant.seed('users')
  tenant.grantApi(false)
  tenant.serveTokenPath('old')
  tenant.limitRequests(0)
  tenant.reset()
  expect(tenant.requestCounts).toEqual({ token: 0, api: 0 })
  expect((await api('GET', '/users', undefined, token)).body).toEqual([])
  expect((await tokenFor()).status).toBe(200)
})
