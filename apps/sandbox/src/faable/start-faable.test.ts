import { createManualClock, startRecorder } from '@countersign/testkit'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FaableOptions } from './faable-options.ts'
import { type Faable, startFaable } from './start-faable.ts'
import { deliverFaableWebhook, signFaableWebhook } from './webhook-delivery.ts'

type Body = Record<string, unknown> & { id: string; results: Record<string, unknown>[]; next: string | null }
type Answer = { status: number; headers: Headers; body: Body }

let faable: Faable
async function start(options: FaableOptions = {}): Promise<void> {
  await faable?.close()
  faable = await startFaable({ tokenRequestLimit: null, ...options })
}
beforeEach(() => start())
afterEach(() => faable.close())

async function ask(method: string, path: string, content?: unknown, headers: Record<string, string> = {}) {
  const isForm = content instanceof URLSearchParams
  const type = content === undefined || isForm ? {} : { 'content-type': 'application/json' }
  const body = isForm || typeof content === 'string' ? content : (JSON.stringify(content) ?? null)
  const answer = await fetch(faable.url + path, { method, headers: { ...type, ...headers }, body })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : JSON.parse(text),
  } as Answer
}
const api = async (method: string, path: string, content?: unknown, token?: string) =>
  ask(method, path, content, { authorization: `Bearer ${token ?? (await faable.mintToken())}` })

const credential = () => ({ client_id: faable.clientId, client_secret: faable.clientSecret })
const request = () => ({ grant_type: 'client_credentials', ...credential(), audience: faable.audience })
const tokenFor = (change: Record<string, unknown> = {}) =>
  ask('POST', '/oauth/token', { ...request(), ...change })

describe('the token', () => {
  test('is an RS256 JWT that verifies under the published keys, its issuer without a slash', async () => {
    const { body: discovery } = await ask('GET', '/.well-known/openid-configuration')
    expect(discovery).toMatchObject({ issuer: faable.url, management_audience: faable.audience })
    const { status, headers, body } = await tokenFor({ scope: 'read:users update:users' })
    expect([status, body.token_type, body.expires_in, body.scope]).toEqual([
      200,
      'Bearer',
      86_400,
      'read:users update:users',
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    const keys = createRemoteJWKSet(new URL(String(discovery.jwks_uri)))
    const { payload } = await jwtVerify(String(body.access_token), keys, {
      issuer: faable.url,
      audience: `faable:management:${faable.accountId}`,
      algorithms: ['RS256'],
    })
    expect(payload).toMatchObject({
      sub: faable.clientId,
      client_id: faable.clientId,
      account: faable.accountId,
    })
    expect(payload.permissions).toBe('read:users update:users')
  })

  test.each(['form', 'json'] as const)(
    'is given for a %s, with credentials in it or in HTTP Basic',
    async (form) => {
      const { grant_type, audience } = request()
      const encode = (content: Record<string, string>) =>
        form === 'json' ? content : new URLSearchParams(content)
      const basic = `Basic ${btoa(`${faable.clientId}:${faable.clientSecret}`)}`
      const inBody = await ask('POST', '/oauth/token', encode(request()))
      const inField = await ask('POST', '/oauth/token', encode({ grant_type, audience }), {
        authorization: basic,
      })
      const inBoth = await ask('POST', '/oauth/token', encode(request()), { authorization: basic })
      expect([inBody.status, inField.status, inBoth.status]).toEqual([200, 200, 400])
    },
  )

  test('without scopes holds the full catalogue', async () => {
    const { body } = await tokenFor()
    expect(String(body.scope).split(' ')).toEqual(
      expect.arrayContaining(['delete:users', 'read:password_hashes']),
    )
  })

  test('lacks scopes that do not exist, and nobody says so; unless policies are not enforced', async () => {
    const scope = 'read:users fly:moon'
    expect((await tokenFor({ scope })).body.scope).toBe('read:users')
    await start({ enforcePolicies: false })
    expect((await tokenFor({ scope })).body.scope).toBe(scope)
  })

  test('without an audience is for userinfo, and no management call takes it', async () => {
    const { status, body } = await tokenFor({ audience: undefined })
    const token = String(body.access_token)
    expect([status, decodeJwt(token).aud]).toEqual([200, `${faable.url}/userinfo`])
    expect(await api('GET', '/user', undefined, token)).toMatchObject({
      status: 403,
      body: { error_code: 'aud_mismatch', message: `aud_mismatch: expected ${faable.audience}` },
    })
  })

  test('for an API of the account lives as long as that says', async () => {
    const identifier = 'https://api.acme.example'
    expect((await api('POST', '/apis', { name: 'Acme', identifier, token_lifetime: 60 })).status).toBe(201)
    expect((await tokenFor({ audience: identifier })).body.expires_in).toBe(60)
  })

  test.each([['array'], ['string'], ['none']] as const)(
    'says permissions as %s',
    async (permissionsClaim) => {
      await start({ permissionsClaim })
      const { permissions } = decodeJwt(await faable.mintToken('read:users'))
      expect(permissions).toEqual(
        { array: ['read:users'], string: 'read:users', none: undefined }[permissionsClaim],
      )
    },
  )
})

describe('the token endpoint refuses', () => {
  test.each([
    ['an unknown client, as 404', { client_id: 'nobody' }, 404, 'client_not_found'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, undefined],
    ['an audience that names no API', { audience: 'https://other.example' }, 403, 'audience_not_found'],
    ['no grant_type', { grant_type: undefined }, 400, undefined],
    ['no client', { client_id: undefined }, 400, undefined],
    ['another grant_type', { grant_type: 'password' }, 400, undefined],
  ])('%s', async (_name, change, status, code) => {
    const answer = await tokenFor(change)
    expect([answer.status, answer.body.error_code]).toEqual([status, code])
    expect(answer.body).toMatchObject({ error: expect.any(String), error_description: expect.any(String) })
  })

  test('an unknown client by the status of the settings', async () => {
    await start({ unknownClientStatus: 400 })
    expect(await tokenFor({ client_id: 'nobody' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    })
  })

  test('what is no form and no JSON', async () => {
    for (const content of ['{"grant_type":', '[]', 'null', '']) {
      const answer = await ask('POST', '/oauth/token', content)
      expect([content, answer.status, answer.body.error]).toEqual([content, 400, 'invalid_request'])
    }
    const twice = new URLSearchParams([...Object.entries(request()), ['scope', 'a'], ['scope', 'b']])
    expect((await ask('POST', '/oauth/token', twice)).status).toBe(400)
  })

  test('a client over its rate, with the seconds to wait, and admits it again afterwards', async () => {
    const clock = createManualClock(Date.now())
    await start({ tokenRequestLimit: { requests: 2, seconds: 10 }, clock })
    expect([(await tokenFor()).status, (await tokenFor()).status]).toEqual([200, 200])
    clock.advance(4000)
    const answer = await tokenFor()
    expect([answer.status, answer.headers.get('retry-after'), answer.body.error]).toEqual([
      429,
      '6',
      'too_many_requests',
    ])
    clock.advance(6000)
    expect((await tokenFor()).status).toBe(200)
  })

  test('by an Action, a used-up quota, and the old secret after a rotation', async () => {
    const old = faable.clientSecret
    faable.denyClientCredentials('not on Sundays')
    expect(await tokenFor()).toMatchObject({
      status: 401,
      body: { error_code: 'client_credentials_denied', error_description: 'not on Sundays' },
    })
    faable.denyClientCredentials(undefined)
    faable.limitTokens(0)
    expect(await tokenFor()).toMatchObject({ status: 402, body: { error_code: 'm2m_quota_exceeded' } })
    faable.limitTokens(undefined)
    const token = await faable.mintToken()
    faable.rotateSecret('new')
    expect((await tokenFor({ client_secret: old })).status).toBe(401)
    expect((await tokenFor({ client_secret: 'new' })).status).toBe(200)
    expect((await api('GET', '/user', undefined, token)).status).toBe(200)
  })

  test('in every way it is told to break', async () => {
    faable.failTokenEndpoint('unavailable')
    expect((await tokenFor()).status).toBe(503)
    faable.failTokenEndpoint(undefined)
    expect((await tokenFor()).status).toBe(200)
    expect(faable.requestCounts.token).toBe(2)
  })
})

describe('the tenant', () => {
  test('is told by its host, or by the header that stands for it', async () => {
    const { port } = new URL(faable.url)
    expect(await ask('GET', `/account/host/127.0.0.1:${port}`)).toMatchObject({
      status: 200,
      body: { id: faable.accountId },
    })
    expect((await ask('GET', '/account/host/acme.auth.faable.link')).body.id).toBe(faable.accountId)
    expect(await ask('GET', '/account/host/evil.example')).toMatchObject({
      status: 404,
      body: { error_code: 'account_not_found' },
    })
    const as = (account: string) =>
      ask('GET', '/.well-known/jwks.json', undefined, { 'x-faableauth-account': account })
    expect([(await as(faable.accountId)).status, (await as('acc_other')).status]).toEqual([200, 404])
  })

  test('can publish its audience under another name, or not at all', async () => {
    await start({ managementAudienceKey: 'mgmt' })
    expect((await ask('GET', '/.well-known/openid-configuration')).body.mgmt).toBe(faable.audience)
    await start({ managementAudienceKey: null })
    expect(JSON.stringify((await ask('GET', '/.well-known/openid-configuration')).body)).not.toContain(
      'faable:management',
    )
  })

  test('has another audience after it has moved; the old one names nothing', async () => {
    const [token, audience] = [await faable.mintToken(), faable.audience]
    faable.moveAccount('acc_moved')
    expect(faable.audience).toBe('faable:management:acc_moved')
    expect((await api('GET', '/user', undefined, token)).body.error_code).toBe('aud_mismatch')
    expect((await tokenFor({ audience })).status).toBe(403)
    expect((await api('GET', '/user')).status).toBe(200)
    faable.reset()
    expect(faable.audience).toBe(audience)
  })
})

describe('the management API refuses', () => {
  test('a call without token before it says anything about paths', async () => {
    const answer = await ask('GET', '/no-such-thing')
    expect(answer).toMatchObject({
      status: 401,
      body: {
        status: 401,
        error_code: 'invalid_token',
        message: expect.any(String),
        docs: 'https://faable.com/docs/auth/errors#invalid_token',
      },
    })
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('a token that lacks the scope, unless scopes are not enforced', async () => {
    const token = await faable.mintToken('read:users')
    expect((await api('GET', '/user', undefined, token)).status).toBe(200)
    expect(await api('POST', '/user', { email: 'a@b.c' }, token)).toMatchObject({
      status: 403,
      body: { error_code: 'insufficient_scope' },
    })
    await start({ enforceScopes: false })
    expect(
      (await api('POST', '/user', { email: 'a@b.c' }, await faable.mintToken('read:users'))).status,
    ).toBe(201)
  })

  test('a token for another audience, by the status of the settings, unless audiences are not enforced', async () => {
    const other = async () => String((await tokenFor({ audience: undefined })).body.access_token)
    await start({ audMismatchStatus: 401 })
    expect((await api('GET', '/user', undefined, await other())).status).toBe(401)
    await start({ enforceAudience: false })
    expect((await api('GET', '/user', undefined, await other())).status).toBe(200)
  })

  test('an expired token, a revoked one, and one of another tenant', async () => {
    const clock = createManualClock(Date.now())
    await start({ clock })
    const expired = await faable.mintToken()
    clock.advance(86_401_000)
    const revoked = await faable.mintToken()
    faable.revokeTokens()
    await using other = await startFaable()
    for (const token of [expired, revoked, await other.mintToken()]) {
      expect(await api('GET', '/user', undefined, token)).toMatchObject({
        status: 401,
        body: { error_code: 'invalid_token' },
      })
    }
  })

  test('requests over the limit, with the seconds to wait', async () => {
    const token = await faable.mintToken()
    faable.limitRequests(1)
    expect((await api('GET', '/user', undefined, token)).status).toBe(200)
    const answer = await api('GET', '/user', undefined, token)
    expect([answer.status, answer.headers.get('retry-after'), answer.body.error_code]).toEqual([
      429,
      '1',
      'too_many_requests',
    ])
  })

  test('what does not exist, what is no id, what is no JSON', async () => {
    expect((await api('GET', '/user/user_none')).body.error_code).toBe('not_found')
    expect((await api('GET', '/user/a%2Fb')).body.error_code).toBe('invalid_id')
    expect((await api('GET', '/user/__proto__')).body.error_code).toBe('not_found')
    expect((await api('PATCH', '/user/user_none', {})).body.error_code).toBe('not_found')
    expect((await api('POST', '/user', '{"email":')).body.error_code).toBe('bad_request')
    expect((await api('POST', '/user', new URLSearchParams({ email: 'a@b.c' }))).status).toBe(415)
  })
})

describe('users', () => {
  test('are made, read, changed by POST and removed; timestamps are camelCase', async () => {
    const { status, body: user } = await api('POST', '/user', {
      email: 'ada@example.com',
      name: 'Ada',
      secret: 'x',
    })
    expect(status).toBe(201)
    expect(user).toMatchObject({
      email: 'ada@example.com',
      email_verified: false,
      createdAt: expect.any(String),
    })
    expect(user).not.toHaveProperty('secret')
    const at = `/user/${user.id}`
    const suspended = await api('POST', at, { suspended: true, suspended_reason: 'abuse', id: 'mine' })
    expect(suspended.body).toMatchObject({ id: user.id, suspended: true, suspended_at: expect.any(String) })
    const reinstated = await api('POST', at, { suspended: false })
    expect(reinstated.body).not.toHaveProperty('suspended_reason')
    expect(reinstated.body).not.toHaveProperty('suspended_at')
    expect((await api('GET', at)).body).toEqual(reinstated.body)
    expect((await api('DELETE', at)).status).toBe(200)
    expect((await api('GET', at)).status).toBe(404)
  })

  test('are refused by 400 when the email is taken, is none, or the user would start suspended', async () => {
    faable.seed('users', { email: 'ada@example.com' })
    const { id } = faable.seed('users', { email: 'bob@example.com' })
    for (const path of ['/user', `/user/${id}`]) {
      expect(await api('POST', path, { email: 'ada@example.com' })).toMatchObject({
        status: 400,
        body: { error_code: 'already_exists', details: { fields: ['email'] } },
      })
    }
    expect((await api('POST', '/user', { email: 'none' })).body.error_code).toBe('invalid_email')
    expect(await api('POST', '/user', { email: 7, name: '', suspended: true })).toMatchObject({
      status: 400,
      body: {
        error_code: 'validation_error',
        details: { fields: ['email', 'name'], issues: expect.any(Array) },
      },
    })
    expect((await api('POST', '/user', { suspended: true })).body.details).toMatchObject({
      fields: ['suspended'],
    })
  })

  test('are imported each for itself', async () => {
    faable.seed('users', { email: 'old@example.com' })
    const users = [{ email: 'new@example.com' }, { email: 'old@example.com' }, { email: 'x', name: 7 }]
    const { body } = await api('POST', '/user/import', { users })
    expect(body.results.map(({ status }) => status)).toEqual(['created', 'skipped', 'error'])
    const tooMany = await api('POST', '/user/import', { users: Array.from({ length: 501 }, () => ({})) })
    expect(tooMany.status).toBe(400)
  })

  test('get a new password by one of two fields', async () => {
    const { id } = faable.seed('credentials', { user: 'user_1' })
    expect((await api('POST', `/credentials/${id}/set-password`, { password: 'long enough' })).status).toBe(
      200,
    )
    expect((await api('POST', `/credentials/${id}/set-password`, {})).status).toBe(400)
  })
})

describe('lists', () => {
  const emails = (answer: Answer) => answer.body.results.map(({ email }) => email)

  test('come page by page, whatever is removed in between', async () => {
    const ids = [1, 2, 3, 4].map((n) => faable.seed('users', { email: `u${n}@x.y` }).id)
    const first = await api('GET', '/user?pageSize=2')
    expect(emails(first)).toEqual(['u1@x.y', 'u2@x.y'])
    await api('DELETE', `/user/${ids[1]}`)
    for (const name of ['cursor', 'next']) {
      const second = await api('GET', `/user?pageSize=2&${name}=${first.body.next}`)
      expect([emails(second), second.body.next]).toEqual([['u3@x.y', 'u4@x.y'], null])
    }
    expect((await api('GET', '/user?cursor=nonsense')).body.error_code).toBe('bad_request')
    for (const size of ['0', '201', '-1', 'x'])
      expect((await api('GET', `/user?pageSize=${size}`)).status).toBe(400)
  })

  test('know one cursor parameter only where the settings say so', async () => {
    await start({ cursorParam: 'next' })
    for (const n of [1, 2]) faable.seed('users', { email: `u${n}@x.y` })
    const { body } = await api('GET', '/user?pageSize=1')
    expect(emails(await api('GET', `/user?pageSize=1&cursor=${body.next}`))).toEqual(['u1@x.y'])
    expect(emails(await api('GET', `/user?pageSize=1&next=${body.next}`))).toEqual(['u2@x.y'])
  })

  test.each([
    ['query=suspended:true', ['b@x.y']],
    ['query=suspended:false', ['a@x.y', 'c@x.y']],
    ['query=suspended!:true email:a@x.y', ['a@x.y']],
    ['query=locale:es', ['a@x.y', 'b@x.y']],
    ['query=locale:es grace', ['b@x.y']],
    ['query="grace"', ['b@x.y']],
    ['q=ada', ['a@x.y']],
  ])('are filtered by %s', async (parameters, expected) => {
    faable.seed('users', { email: 'a@x.y', locale: 'es', name: 'Ada' })
    faable.seed('users', { email: 'b@x.y', locale: 'es', name: 'Grace', suspended: true })
    faable.seed('users', { email: 'c@x.y', locale: 'fr', name: 'Alan' })
    expect(emails(await api('GET', `/user?${parameters}`))).toEqual(expected)
  })

  test.each([
    ['/user?query=password:x'],
    ['/user?query=email:"a"'],
    ['/logs?query=since:2026-05-12T10:30:00Z'],
    ['/logs?query=since:yesterday'],
  ])('refuse what is no FaableQL: %s', async (path) => {
    faable.seed('logs', { type: 'x' })
    expect(await api('GET', path)).toMatchObject({ status: 400, body: { error_code: 'invalid_query' } })
  })

  test('of logs are bounded by a date or by milliseconds', async () => {
    faable.seed('logs', { type: 'email.user.welcome', status: 'failed' })
    const count = async (query: string) => (await api('GET', `/logs?query=${query}`)).body.results.length
    expect(await count('since:2020-01-01 status:failed')).toBe(1)
    expect(await count(`since:${Date.now() + 60_000}`)).toBe(0)
    expect(await count('until:2020-01-01')).toBe(0)
  })

  test('put an object in the place of its id where that is allowed', async () => {
    const user = faable.seed('users', { email: 'a@x.y' })
    faable.seed('sessions', { user: user.id, status: 'active' })
    const { body } = await api('GET', `/session?query=user:${user.id}%20status:active&expand=user`)
    expect(body.results).toMatchObject([{ user: { email: 'a@x.y' } }])
    expect((await api('GET', '/session?expand=password')).body.error_code).toBe('invalid_expand')
  })
})

test('a session is revoked once', async () => {
  const { id } = faable.seed('sessions', { status: 'active' })
  expect((await api('POST', `/session/${id}/revoke`)).body).toMatchObject({
    status: 'revoked',
    revoked_reason: 'admin',
  })
  expect(await api('POST', `/session/${id}/revoke`)).toMatchObject({
    status: 409,
    body: { error_code: 'session_already_revoked' },
  })
})

test.each([
  ['/client', '/clients'],
  ['/connection', '/connections'],
])('%s and %s are one resource', async (singular, plural) => {
  const { status, body } = await api('POST', singular, { name: 'one' })
  expect(status).toBe(201)
  expect((await api('GET', `${plural}/${body.id}`)).body).toMatchObject({ name: 'one' })
  expect((await api('POST', `${plural}/${body.id}`, { name: 'two' })).body).toMatchObject({ name: 'two' })
  expect((await api('DELETE', `${singular}/${body.id}`)).status).toBe(200)
  expect((await api('GET', `${plural}/${body.id}`)).status).toBe(404)
})

test('a client that was made over the API gets tokens until it is removed, and shows its secret once', async () => {
  const { body } = await api('POST', '/client', { name: 'job' })
  const { client_id, client_secret } = body
  expect((await tokenFor({ client_id, client_secret })).status).toBe(200)
  expect((await api('GET', `/client/${body.id}`)).body).not.toHaveProperty('client_secret')
  await api('DELETE', `/client/${body.id}`)
  expect((await tokenFor({ client_id, client_secret })).body.error_code).toBe('client_not_found')
})

test('the identifier of an API cannot be changed', async () => {
  const { body } = await api('POST', '/apis', { name: 'Acme', identifier: 'https://a.example' })
  expect((await api('POST', `/apis/${body.id}`, { identifier: 'https://b.example' })).status).toBe(400)
  expect((await api('POST', `/apis/${body.id}`, { name: 'Acme 2' })).status).toBe(200)
})

test('people are added to a team, or invited; an invitation can be taken back', async () => {
  const { id: team } = faable.seed('teams')
  faable.seed('users', { email: 'here@x.y' })
  const invite = (email: string) => api('POST', `/team/${team}/invite`, { email })
  expect((await invite('here@x.y')).body).toMatchObject({ status: 'added', member: { team } })
  expect((await invite('here@x.y')).body.error_code).toBe('already_member')
  const { ticket_id } = (await invite('new@x.y')).body
  expect((await api('GET', `/team/${team}/invite?query=email:new@x.y`)).body.results).toHaveLength(1)
  expect((await api('DELETE', `/team/${team}/invite/${ticket_id}`)).body).toEqual({ status: 'revoked' })
  expect((await api('DELETE', `/team/${team}/invite/${ticket_id}`)).status).toBe(404)
})

test('an organization has admins, verified domains and teams', async () => {
  const { id: user_id } = faable.seed('users')
  const { id: team } = faable.seed('teams')
  const { body } = await api('POST', '/organization', { name: 'Acme' })
  const at = `/organization/${body.id}`
  expect((await api('POST', `${at}/admin`, { user_id })).body.admins).toEqual([user_id])
  expect((await api('DELETE', `${at}/admin/${user_id}`)).status).toBe(409)
  expect((await api('POST', `${at}/domain`, { domain: 'acme.com' })).body).toMatchObject({ verified: false })
  expect((await api('POST', `${at}/domain/acme.com/verify`)).body).toMatchObject({ verified: true })
  expect((await api('PUT', `${at}/require-sso`, { require_sso: true })).body).toMatchObject({
    require_sso: true,
  })
  expect((await api('PUT', `${at}/auto-join`, [{ team, roles: [] }])).status).toBe(200)
  expect((await api('PUT', `/team/${team}/organization`, { organization: body.id })).status).toBe(200)
  expect((await api('DELETE', `${at}/domain/acme.com`)).body.domains).toEqual([])
})

describe('webhooks', () => {
  const secret = 'whsec_dGhpcyBpcyBhIHNlY3JldA'

  test('tell a subscriber what happened, signed over the raw body and the milliseconds', async () => {
    await using receiver = await startRecorder()
    const subscription = { channel: 'webhook', url: `http://127.0.0.1:${receiver.port}/hooks/faable`, secret }
    const made = await api('POST', '/notification_subscriptions', {
      ...subscription,
      events: ['user.created'],
    })
    expect(made.status).toBe(201)
    expect((await api('GET', `/notification_subscriptions/${made.body.id}`)).body).not.toHaveProperty(
      'secret',
    )
    const { body: user } = await api('POST', '/user', { email: 'ada@example.com' })
    await api('DELETE', `/user/${user.id}`)
    await faable.webhooksSettled()
    expect(receiver.requests).toHaveLength(1)
    const [seen] = receiver.requests
    const sent = seen?.body.toString() ?? ''
    const field = (name: string) => seen?.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
    expect(JSON.parse(sent)).toMatchObject({
      id: field('x-faable-delivery'),
      type: 'user.created',
      payload: { user: { user_id: user.id, email: 'ada@example.com' } },
    })
    expect(field('x-faable-signature')).toBe(
      signFaableWebhook(secret, Number(field('x-faable-timestamp')), sent),
    )
    expect(
      (await api('GET', '/logs?query=type:webhook.user.created%20status:success')).body.results,
    ).toHaveLength(1)
  })

  test('fail in the logs and nowhere else, and are not tried again', async () => {
    await using receiver = await startRecorder()
    const { port } = receiver
    await receiver.close()
    const subscription = {
      channel: 'webhook',
      url: `http://127.0.0.1:${port}/`,
      secret,
      events: ['auth.login'],
    }
    faable.seed('notification_subscriptions', subscription)
    expect(await faable.deliver('auth.login', {})).toMatchObject([{ error: expect.any(String) }])
    const { results } = (await api('GET', '/logs?query=status:failed')).body
    expect(results).toMatchObject([{ type: 'webhook.auth.login', data: { event_type: 'auth.login' } }])
  })

  test('can be forged, stale and repeated for a test', async () => {
    await using receiver = await startRecorder()
    const url = `http://127.0.0.1:${receiver.port}/`
    const delivery = { url, secret, type: 'user.created', payload: {}, id: 'evt_1', timestamp: 1000 }
    await deliverFaableWebhook(delivery)
    await deliverFaableWebhook({ ...delivery, signature: 'sha256=00' })
    const texts = receiver.requests.map(({ headers }) =>
      Object.fromEntries(headers.map(([k, v]) => [k.toLowerCase(), v])),
    )
    expect(texts).toMatchObject([
      { 'x-faable-timestamp': '1000', 'x-faable-delivery': 'evt_1' },
      { 'x-faable-signature': 'sha256=00', 'x-faable-delivery': 'evt_1' },
    ])
  })

  test('are not in every plan', async () => {
    await start({ plan: 'free' })
    const subscription = { channel: 'webhook', url: 'https://x.example', secret, events: [] }
    expect((await api('POST', '/notification_subscriptions', subscription)).status).toBe(402)
    expect((await api('POST', '/notification_subscriptions', { channel: 'email' })).status).toBe(201)
  })
})

test('successes have the status of the settings, and reset brings back the first day', async () => {
  await start({ createStatus: 200, deleteStatus: 204 })
  const { status, body } = await api('POST', '/user', {})
  expect([status, (await api('DELETE', `/user/${body.id}`)).status]).toEqual([200, 204])
  faable.seed('users')
  faable.reset()
  expect(faable.requestCounts).toEqual({ token: 0, api: 0 })
  expect((await api('GET', '/user')).body.results).toEqual([])
})
