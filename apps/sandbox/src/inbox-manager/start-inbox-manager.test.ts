import { connect } from 'node:net'
import { createSigningKey, startTestIssuer } from '@countersign/testkit'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InboxManagerOptions } from './inbox-manager-options.ts'
import { type InboxManager, startInboxManager } from './start-inbox-manager.ts'

type Answer = { status: number; headers: Headers; body: Record<string, unknown> & { id: string } }

async function ask(method: string, url: string, content?: unknown, token?: string): Promise<Answer> {
  const answer = await fetch(url, {
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

const tokenRequest = (inbox: InboxManager) => ({
  grant_type: 'client_credentials',
  client_id: inbox.clientId,
  client_secret: inbox.clientSecret,
  audience: inbox.audience,
})

let inbox: InboxManager
async function start(options: InboxManagerOptions = {}): Promise<void> {
  await inbox?.close()
  inbox = await startInboxManager(options)
}
const api = async (method: string, path: string, content?: unknown, token?: string) =>
  ask(method, inbox.url + path, content, token ?? (await inbox.mintToken()))

beforeEach(() => start())
afterEach(() => inbox.close())

test('the flow of the vendor guide works from token to removal', async () => {
  const answer = await ask('POST', inbox.tokenEndpoint, tokenRequest(inbox))
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const token = String(answer.body.access_token)
  const call = (method: string, path: string, content?: unknown) =>
    ask(method, inbox.url + path, content, token)

  const user = await call('POST', `/api/applications/${inbox.applicationId}/users`, { status: 'active' })
  expect(user).toMatchObject({ status: 201, body: { application_id: inbox.applicationId, status: 'active' } })
  const account = await call('POST', `/api/accounts/${inbox.parentAccountId}/accounts`, {
    name: 'ops-provisioned',
  })
  expect(account).toMatchObject({
    status: 201,
    body: { name: 'ops-provisioned', parent_account_id: inbox.parentAccountId },
  })
  const members = `/api/accounts/${account.body.id}/members`
  const member = await call('POST', members, { user_id: user.body.id, role: 'viewer' })
  expect(member).toMatchObject({
    status: 201,
    body: { account_id: account.body.id, user_id: user.body.id, role: 'viewer' },
  })
  const changed = await call('PATCH', `${members}/${member.body.id}`, { role: 'member' })
  expect(changed).toMatchObject({ status: 200, body: { ...member.body, role: 'member' } })
  expect((await call('GET', members)).body).toEqual({ data: [changed.body] })
  const renamed = await call('PATCH', `/api/accounts/${account.body.id}`, { name: 'Operations Team' })
  expect(renamed).toMatchObject({ status: 200, body: { ...account.body, name: 'Operations Team' } })

  for (const path of [
    `${members}/${member.body.id}`,
    `/api/accounts/${account.body.id}`,
    `/api/users/${user.body.id}`,
  ]) {
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('DELETE', path)).status).toBe(404)
  }
  expect(inbox.requestCounts).toEqual({ token: 1, api: 12 })
})

describe('the token', () => {
  test('is an RS256 JWT that verifies under the published keys, found by discovery', async () => {
    const { body } = await ask('GET', `${inbox.issuer}/.well-known/openid-configuration`)
    expect(body).toMatchObject({ issuer: inbox.issuer, token_endpoint: inbox.tokenEndpoint })
    const keys = createRemoteJWKSet(new URL(String(body.jwks_uri)))
    const { payload } = await jwtVerify(await inbox.mintToken(), keys, {
      issuer: inbox.issuer,
      audience: 'https://api.inbox-manager.com',
      algorithms: ['RS256'],
    })
    expect(payload).toMatchObject({
      sub: inbox.clientId,
      client_id: inbox.clientId,
      app: inbox.applicationId,
    })
  })

  test('lives as long as the settings say, and can leave its lifetime unsaid', async () => {
    await start({ tokenLifetimeSeconds: 7, sendsExpiresIn: false })
    const { body } = await ask('POST', inbox.tokenEndpoint, tokenRequest(inbox))
    expect(Object.keys(body)).toEqual(['access_token', 'token_type'])
    const { iat = 0, exp = 0 } = decodeJwt(String(body.access_token))
    expect(exp - iat).toBe(7)
  })

  test('is given for a secret with spaces and signs beyond ASCII, compared exactly', async () => {
    await start({ clientSecret: ' a:b+c%20&d=ü€ ' })
    expect((await ask('POST', inbox.tokenEndpoint, tokenRequest(inbox))).status).toBe(200)
    const trimmed = { ...tokenRequest(inbox), client_secret: 'a:b+c%20&d=ü€' }
    expect((await ask('POST', inbox.tokenEndpoint, trimmed)).status).toBe(401)
  })
})

describe('the token endpoint refuses', () => {
  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'cid_nobody' }, 401, 'invalid_client'],
    ['another grant_type', { grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['a grant_type nobody knows', { grant_type: 'magic' }, 400, 'unsupported_grant_type'],
    ['another audience', { audience: 'https://auth.inbox-manager.com' }, 400, 'invalid_request'],
    ['the audience with a slash', { audience: 'https://api.inbox-manager.com/' }, 400, 'invalid_request'],
    ['no audience', { audience: undefined }, 400, 'invalid_request'],
    ['no secret', { client_secret: undefined }, 400, 'invalid_request'],
    ['a number for a secret', { client_secret: 1 }, 400, 'invalid_request'],
    ['an audience slipped in as a resource', { resource: 'https://evil.example' }, 200, undefined],
  ])('%s', async (_name, change, status, error) => {
    const answer = await ask('POST', inbox.tokenEndpoint, { ...tokenRequest(inbox), ...change })
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.headers.has('www-authenticate')).toBe(status === 401)
    if (status === 200) expect(decodeJwt(String(answer.body.access_token)).aud).toBe(inbox.audience)
  })

  test('a form, by the status of the settings', async () => {
    const form = () =>
      fetch(inbox.tokenEndpoint, { method: 'POST', body: new URLSearchParams(tokenRequest(inbox)) })
    expect((await form()).status).toBe(415)
    await start({ notJsonStatus: 400 })
    const answer = await form()
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }])
  })

  test('JSON that is none, and JSON that is no object', async () => {
    for (const content of ['{"grant_type":', '[]', '"x"', 'null', '']) {
      const answer = await ask('POST', inbox.tokenEndpoint, content)
      expect([content, answer.status, answer.body.error]).toEqual([content, 400, 'invalid_request'])
    }
  })
})

describe('the admin API refuses', () => {
  const list = (token: string) => ask('GET', `${inbox.url}/api/accounts`, undefined, token)

  test('a call without token before it says anything about paths', async () => {
    const answer = await ask('GET', `${inbox.url}/api/no-such-thing`)
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('a token of someone else, whatever it claims', async () => {
    await using stranger = await startTestIssuer({
      issuer: inbox.issuer,
      audience: inbox.audience,
      algorithms: ['RS256'],
    })
    const good = await inbox.mintToken()
    const { kid = '' } = decodeProtectedHeader(good)
    const key = await createSigningKey('RS256', kid)
    expect((await list(await stranger.sign(decodeJwt(good), { key }))).status).toBe(401)
    expect((await list(await stranger.sign(decodeJwt(good)))).status).toBe(401)
    expect((await list(good)).status).toBe(200)
  })

  test('an expired token', async () => {
    let now = Date.now()
    await start({ clock: { now: () => now } })
    const token = await inbox.mintToken()
    expect((await list(token)).status).toBe(200)
    now += 3601_000
    expect(await list(token)).toMatchObject({
      status: 401,
      body: { error: { message: 'the token has expired' } },
    })
  })

  test('a token for another audience', async () => {
    const other = await startInboxManager({ audience: 'https://other.example' })
    const answer = await list(await other.mintToken())
    await other.close()
    expect(answer.status).toBe(401)
  })

  test('every token issued before a revocation, and none after', async () => {
    const [one, two] = [await inbox.mintToken(), await inbox.mintToken()]
    inbox.revokeTokens()
    expect([(await list(one)).status, (await list(two)).status]).toEqual([401, 401])
    expect((await list(await inbox.mintToken())).status).toBe(200)
  })

  test('requests over the limit, with the seconds to wait', async () => {
    const token = await inbox.mintToken()
    inbox.limitRequests(1)
    expect((await list(token)).status).toBe(200)
    const answer = await list(token)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
    inbox.limitRequests(undefined)
    expect((await list(token)).status).toBe(200)
  })

  test('what does not exist', async () => {
    const { id } = inbox.seedUser()
    const body = { user_id: id, role: 'viewer' }
    const parent = inbox.parentAccountId
    expect((await api('POST', '/api/accounts/acc_none/members', body)).status).toBe(404)
    expect(
      (await api('POST', `/api/accounts/${parent}/members`, { ...body, user_id: 'uid_none' })).status,
    ).toBe(404)
    expect((await api('POST', '/api/accounts/acc_none/accounts', { name: 'x' })).status).toBe(404)
    expect((await api('POST', '/api/accounts', { name: 'x', parent_account_id: 'acc_none' })).status).toBe(
      404,
    )
    expect((await api('POST', '/api/applications/app_other/users', { status: 'active' })).status).toBe(404)
    expect((await api('GET', '/api/accounts/__proto__')).status).toBe(404)
    expect((await api('GET', `/API/accounts/${parent}`)).status).toBe(404)
    expect((await api('GET', `/api/accounts/${parent}/`)).status).toBe(404)
  })

  test('a member reached through an account that is not its own', async () => {
    const { id: userId } = inbox.seedUser()
    const other = inbox.seedAccount({ parentAccountId: inbox.parentAccountId })
    const member = inbox.seedMember({ accountId: inbox.parentAccountId, userId, role: 'owner' })
    expect((await api('DELETE', `/api/accounts/${other.id}/members/${member.id}`)).status).toBe(404)
    expect((await api('DELETE', `/api/accounts/${inbox.parentAccountId}/members/${member.id}`)).status).toBe(
      204,
    )
  })

  test('a user who is a member already', async () => {
    const { id } = inbox.seedUser({ id: 'uid_twice' })
    const members = `/api/accounts/${inbox.parentAccountId}/members`
    expect((await api('POST', members, { user_id: id, role: 'viewer' })).status).toBe(201)
    const answer = await api('POST', members, { user_id: id, role: 'owner' })
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
  })

  test('a role that is none, and bodies that are not what they should be', async () => {
    const { id } = inbox.seedUser()
    const members = `/api/accounts/${inbox.parentAccountId}/members`
    expect((await api('POST', members, { user_id: id, role: 'admin' })).status).toBe(422)
    expect((await api('POST', members, { user_id: id })).status).toBe(400)
    expect((await api('POST', members, { user_id: 7, role: 'viewer' })).status).toBe(400)
    expect((await api('POST', members, '{"user_id":')).status).toBe(400)
    expect((await api('POST', members)).status).toBe(400)
    expect((await api('GET', `${members}?limit=0`)).status).toBe(400)
    expect((await api('GET', `${members}?offset=-1`)).status).toBe(400)
  })

  test('to remove an account that still has children', async () => {
    const child = inbox.seedAccount({ parentAccountId: inbox.parentAccountId })
    expect((await api('DELETE', `/api/accounts/${inbox.parentAccountId}`)).status).toBe(409)
    expect((await api('DELETE', `/api/accounts/${child.id}`)).status).toBe(204)
    expect((await api('DELETE', `/api/accounts/${inbox.parentAccountId}`)).status).toBe(204)
  })
})

describe('child accounts', () => {
  const nested = () => api('POST', `/api/accounts/${inbox.parentAccountId}/accounts`, { name: 'child' })
  const flat = () => api('POST', '/api/accounts', { name: 'child', parent_account_id: inbox.parentAccountId })

  test.each([
    ['both', 201, 201],
    ['nested', 201, 404],
    ['flat', 404, 201],
  ] as const)('are made where `%s` says', async (childAccountPath, nestedStatus, flatStatus) => {
    await start({ childAccountPath })
    for (const [answer, status] of [
      [await nested(), nestedStatus],
      [await flat(), flatStatus],
    ] as const) {
      expect(answer.status).toBe(status)
      if (status === 201) expect(answer.body).toMatchObject({ parent_account_id: inbox.parentAccountId })
    }
  })
})

test('lists and searches come page by page, a short page being the last', async () => {
  for (const n of [1, 2, 3]) inbox.seedAccount({ name: `Team ${n}`, parentAccountId: inbox.parentAccountId })
  const names = ({ body }: Answer) => (body.data as { name: string }[]).map(({ name }) => name)
  expect(names(await api('GET', '/api/accounts?limit=2&offset=1'))).toEqual(['Team 1', 'Team 2'])
  expect(names(await api('GET', '/api/accounts?limit=2&offset=3'))).toEqual(['Team 3'])
  const search = await api('POST', '/api/accounts/search', { query: 'team', limit: 2, offset: 2 })
  expect(names(search)).toEqual(['Team 3'])
})

test('a removed user leaves no membership behind', async () => {
  const { id: userId } = inbox.seedUser()
  inbox.seedMember({ accountId: inbox.parentAccountId, userId, role: 'viewer' })
  const members = `/api/accounts/${inbox.parentAccountId}/members`
  expect((await api('POST', `${members}/search`, { query: 'viewer' })).body.data).toHaveLength(1)
  await api('DELETE', `/api/users/${userId}`)
  expect((await api('GET', members)).body.data).toEqual([])
})

test('successes have the status of the settings', async () => {
  await start({ createStatus: 200, deleteStatus: 200 })
  const user = await api('POST', `/api/applications/${inbox.applicationId}/users`, { status: 'active' })
  expect(user.status).toBe(200)
  expect(await api('DELETE', `/api/users/${user.body.id}`)).toMatchObject({ status: 200, body: {} })
})

test('reset brings back the first day, but tokens stay good', async () => {
  const token = await inbox.mintToken()
  inbox.seedAccount({ id: 'acc_extra' })
  inbox.limitRequests(0)
  inbox.failTokenEndpoint('unavailable')
  inbox.reset()
  expect(inbox.requestCounts).toEqual({ token: 0, api: 0 })
  expect((await api('GET', '/api/accounts/acc_extra', undefined, token)).status).toBe(404)
  expect((await api('GET', `/api/accounts/${inbox.parentAccountId}`)).status).toBe(200)
})

test('the token endpoint breaks in every way it is told to, and is repaired', async () => {
  const mint = (timeoutMs = 5000) =>
    fetch(inbox.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tokenRequest(inbox)),
      signal: AbortSignal.timeout(timeoutMs),
    })
  inbox.failTokenEndpoint('unavailable')
  expect((await mint()).status).toBe(503)
  inbox.failTokenEndpoint('html')
  expect((await mint()).headers.get('content-type')).toMatch('text/html')
  inbox.failTokenEndpoint('empty')
  expect(await (await mint()).text()).toBe('')
  inbox.failTokenEndpoint('reset')
  await expect(mint()).rejects.toThrow('fetch failed')
  inbox.failTokenEndpoint('hang')
  await expect(mint(50)).rejects.toThrow('timeout')
  inbox.failTokenEndpoint(undefined)
  expect((await mint()).status).toBe(200)
  expect(inbox.requestCounts.token).toBe(6)
})

test('a port that is taken is an error, and leaves nothing running', async () => {
  const taken = Number(new URL(inbox.url).port)
  await expect(startInboxManager({ apiPort: taken })).rejects.toThrow('EADDRINUSE')
  await expect(startInboxManager({ authPort: taken })).rejects.toThrow('EADDRINUSE')
})

test('closing cuts a call that hangs', async () => {
  inbox.failTokenEndpoint('hang')
  const socket = connect(Number(new URL(inbox.issuer).port), '127.0.0.1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write('POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  await expect.poll(() => inbox.requestCounts.token).toBe(1)
  await inbox.close()
  await closed
})
