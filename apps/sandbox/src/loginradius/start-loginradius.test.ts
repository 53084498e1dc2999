import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoginRadiusOptions } from './loginradius-options.ts'
import { type LoginRadius, startLoginRadius } from './start-loginradius.ts'

type Answer = { status: number; headers: Headers; text: string; body: Record<string, unknown> }
type Ask = { content?: unknown; headers?: Record<string, string> }

async function ask(method: string, url: string, { content, headers = {} }: Ask = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(content !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: content === undefined ? null : JSON.stringify(content),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : {} }
}

let loginradius: LoginRadius
async function start(options: LoginRadiusOptions = {}): Promise<void> {
  await loginradius?.close()
  loginradius = await startLoginRadius(options)
}
const tokenRequest = () => ({
  audience: loginradius.audience,
  grant_type: 'client_credentials',
  client_id: loginradius.clientId,
  client_secret: loginradius.clientSecret,
})
const keySecret = () => `apikey=${loginradius.apiKey}&apisecret=${loginradius.apiSecret}`
const at = (path: string, query = keySecret()) =>
  `${loginradius.url}/v2/manage${path}${path.includes('?') ? '&' : '?'}${query}`
const call = (method: string, path: string, content?: unknown) => ask(method, at(path), { content })
const bearer = (token: string) => ({
  authorization: `Bearer ${token}`,
  'x-loginradius-apikey': loginradius.apiKey,
})

beforeEach(() => start())
afterEach(() => loginradius.close())

const checkAgain = (name: string) => `The ${name} is not valid, check your ${name} again.`

describe('the token', () => {
  test('is answered with `expire_in`, a string, and nothing that the standard calls a lifetime', async () => {
    const { status, headers, body } = await ask('POST', loginradius.tokenEndpoint, {
      content: tokenRequest(),
    })
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({ access_token: expect.any(String), expire_in: '3600', token_type: 'Bearer' })
  })

  test('is answered with `expires_in`, a number, by the older generation', async () => {
    await start({ expiryField: 'expires_in', tokenLifetimeSeconds: 86_400 })
    const { body } = await ask('POST', loginradius.tokenEndpoint, { content: tokenRequest() })
    expect(body).toEqual({ access_token: expect.any(String), expires_in: 86_400, token_type: 'Bearer' })
  })

  test('verifies under the published keys, with scopes as an array', async () => {
    const keys = createRemoteJWKSet(new URL('/service/oauth/jwks', loginradius.tokenEndpoint))
    const { issuer, audience, clientId } = loginradius
    const { payload } = await jwtVerify(await loginradius.mintToken(), keys, { issuer, audience })
    expect(payload).toMatchObject({ sub: `${clientId}@client`, cid: clientId, gty: 'client_credentials' })
    expect(payload.scp).toContain('organization:create')
    expect(issuer).toMatch(/\/$/)
  })

  test('is told active until it is revoked, and then refused', async () => {
    const token = await loginradius.mintToken()
    const { client_id, client_secret } = tokenRequest()
    const content = { token, token_type_hint: 'access_token', client_id, client_secret }
    const of = (name: string) => ask('POST', loginradius.tokenEndpoint.replace('token', name), { content })
    expect((await of('introspect')).body).toMatchObject({ active: true, sub: `${client_id}@client` })
    expect(await of('revoke')).toMatchObject({ status: 200, text: '' })
    expect((await of('introspect')).body).toEqual({ active: false })
    expect((await ask('GET', at('/organizations', ''), { headers: bearer(token) })).status).toBe(401)
  })

  test.each([
    ['no audience', { audience: undefined }, 'invalid_request: The audience is a required parameter.'],
    ['another audience', { audience: 'https://other' }, 'invalid_request: The audience is not valid.'],
    ['an unknown client', { client_id: 'x' }, `invalid_client: ${checkAgain('client_id')}`],
    ['a wrong secret', { client_secret: 'x' }, `unauthorized_client: ${checkAgain('client_secret')}`],
    ['a password', { grant_type: 'password' }, 'unsupported_grant_type: The grant_type is not supported.'],
  ])('is refused for %s', async (_name, change, expected) => {
    const answer = await ask('POST', loginradius.tokenEndpoint, { content: { ...tokenRequest(), ...change } })
    const { error, error_description } = answer.body
    expect(`${error}: ${error_description}`).toBe(expected)
    expect(answer.status).toBe(/client:|client_/.test(expected) ? 401 : 400)
  })

  test('is refused for a form', async () => {
    const { status } = await fetch(loginradius.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams(tokenRequest()),
    })
    expect(status).toBe(400)
  })
})

describe('a credential', () => {
  const list = (query: string, headers: Record<string, string> = {}) =>
    ask('GET', at('/organizations', query), { headers })

  test('is key and secret, key and token, or client id and secret; each is counted', async () => {
    const { apiKey, clientId, clientSecret } = loginradius
    const token = await loginradius.mintToken()
    const client = `client_id=${clientId}&client_secret=${encodeURIComponent(clientSecret)}`
    expect((await list(keySecret())).status).toBe(200)
    expect((await list('', bearer(token))).status).toBe(200)
    expect((await list(`apikey=${apiKey}`, { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await list(client)).status).toBe(200)
    expect((await list(`apikey=${apiKey}&${client}`)).status).toBe(200)
    expect(loginradius.requestCounts).toEqual({
      token: 1,
      api: 5,
      m2m: 2,
      'key-secret': 1,
      'client-secret': 2,
    })
  })

  test.each([
    ['no key', '', 400, '922 API key is missing'],
    ['no secret', 'apikey={key}', 400, '923 API secret is missing'],
    ['a key that is no key', 'apikey=x&apisecret={secret}', 400, '920 API key is invalid'],
    ['a secret that is no secret', 'apikey={key}&apisecret=x', 400, '921 API secret is invalid'],
    ['a key of somebody else', 'apikey={other}&apisecret={secret}', 403, '901 The API key is unauthorized'],
    [
      'a secret of somebody else',
      'apikey={key}&apisecret={other}',
      401,
      '902 The API secret is unauthorized',
    ],
    ['a wrong client', 'apikey={key}&client_id=x&client_secret=y', 401, '6002 Access Unauthorized'],
  ])('is refused: %s', async (_name, query, status, error) => {
    const filled = query
      .replace('{key}', loginradius.apiKey)
      .replace('{secret}', loginradius.apiSecret)
      .replace('{other}', '00000000-0000-4000-8000-000000000000')
    const answer = await list(filled)
    const { ErrorCode, Message, Description } = answer.body
    expect([answer.status, `${ErrorCode} ${Message}`]).toEqual([status, error])
    expect(Description).toEqual(expect.any(String))
  })

  test('is known by its parameters however they are spelt', async () => {
    const { apiKey, apiSecret } = loginradius
    expect((await list(`ApiKey=${apiKey}&APISECRET=${apiSecret}`)).status).toBe(200)
    expect((await list(`ApiKey=x&${keySecret()}`)).body).toMatchObject({ ErrorCode: 920 })
  })

  test('that names a wrong secret is 403 where the other table of the vendor holds', async () => {
    await start({ secretRefusedStatus: 403 })
    const other = '00000000-0000-4000-8000-000000000000'
    expect((await list(`apikey=${loginradius.apiKey}&apisecret=${other}`)).status).toBe(403)
  })

  test('that is a token needs the key beside it, unless told otherwise', async () => {
    const authorization = `Bearer ${await loginradius.mintToken()}`
    expect((await list('', { authorization })).body).toMatchObject({ ErrorCode: 922 })
    await start({ bearerNeedsKey: false })
    expect((await list('', { authorization: `Bearer ${await loginradius.mintToken()}` })).status).toBe(200)
  })

  test('that is a token ends with its life, and with a revocation', async () => {
    let now = Date.now()
    await start({ clock: { now: () => now } })
    const [old, revoked] = [await loginradius.mintToken(), await loginradius.mintToken()]
    loginradius.revokeTokens()
    expect((await list('', bearer(revoked))).status).toBe(401)
    const fresh = await loginradius.mintToken()
    expect((await list('', bearer(fresh))).status).toBe(200)
    now += 3_601_000
    expect((await list('', bearer(fresh))).body).toMatchObject({ ErrorCode: 6002 })
    expect((await list('', bearer(old))).status).toBe(401)
  })

  test('that is a token without the scope is 403, since the client was not granted it', async () => {
    await start({ scopes: ['organization:read'] })
    const headers = bearer(await loginradius.mintToken())
    expect(decodeJwt(await loginradius.mintToken()).scp).toEqual(['organization:read'])
    expect((await list('', headers)).status).toBe(200)
    const answer = await ask('POST', at('/organizations', ''), { content: { Name: 'x' }, headers })
    expect([answer.status, answer.body.ErrorCode]).toEqual([403, 6002])
    const invitations = await ask('GET', at('/invitations?orgid=org_sandbox', ''), { headers })
    expect(invitations.status).toBe(403)
  })

  test('is asked for before anything is said about paths', async () => {
    expect((await ask('GET', `${loginradius.url}/no/such/thing`)).status).toBe(400)
    expect((await call('GET', '/no-such-thing')).status).toBe(404)
  })
})

test('an organization lives from creation to removal, in PascalCase, its lists in Data', async () => {
  const created = await call('POST', '/organizations', { Name: 'Org1', Metadata: { hello: 'world' } })
  expect(created).toMatchObject({
    status: 200,
    body: { Name: 'Org1', Metadata: { hello: 'world' }, IsActive: true, Domains: [], Connections: [] },
  })
  const path = `/organizations/${created.body.Id}`
  expect(created.body.Id).toMatch(/^org_/)
  expect((await call('GET', path)).body).toEqual(created.body)
  expect((await call('PUT', path, { Name: 'Org2', IsActive: false })).body).toMatchObject({
    Name: 'Org2',
    IsActive: false,
    Metadata: { hello: 'world' },
  })
  expect((await call('GET', '/organizations')).body.Data).toHaveLength(2)
  expect(await call('DELETE', path)).toMatchObject({ status: 200, body: { IsDeleted: true } })
  for (const [method, content] of [['GET'], ['PUT', { Name: 'x' }], ['DELETE']] as const) {
    const answer = await call(method, path, content)
    expect([answer.status, answer.body.ErrorCode]).toEqual([404, 8118])
    expect(answer.body.Message).toBe('Organization not found')
  }
})

describe('an invitation', () => {
  const request = () => ({
    email: 'user@example.com',
    roleIds: [loginradius.roleId],
    orgId: loginradius.organizationId,
    inviterUid: loginradius.accountUid,
  })

  test('goes in in camelCase, comes out in PascalCase, is sent again and taken back', async () => {
    const sent = await call('POST', '/invitations?invitation_url=https%3A%2F%2Fapp.example', request())
    expect(sent).toMatchObject({
      status: 200,
      body: { EmailId: 'user@example.com', Status: 'invited', RoleIds: [loginradius.roleId] },
    })
    expect(sent.body).not.toHaveProperty('email')
    const path = `/invitations/${sent.body.Id}`
    expect((await call('POST', `${path}/resend`)).body).toMatchObject({ Id: sent.body.Id, Status: 'invited' })
    expect((await call('PUT', path, { roleIds: [] })).body).toMatchObject({ RoleIds: [] })
    const list = () => call('GET', `/invitations?orgid=${loginradius.organizationId}`)
    expect((await list()).body.Data).toHaveLength(1)
    expect((await call('DELETE', path)).body).toMatchObject({ Id: sent.body.Id, Status: 'revoked' })
    expect((await list()).body.Data).toEqual([])
    expect((await call('DELETE', path)).status).toBe(404)
  })

  test.each([
    ['a missing address', { email: undefined }, 400, 7914],
    ['an inviter who is missing', { inviterUid: undefined }, 400, 7914],
    ['roles that are no list', { roleIds: 'role_1' }, 400, 7914],
    ['a role of nobody', { roleIds: ['role_none'] }, 400, 8143],
    ['an unknown organization', { orgId: 'org_none' }, 404, 8118],
  ])('is refused for %s', async (_name, change, status, ErrorCode) => {
    const answer = await call('POST', '/invitations', { ...request(), ...change })
    expect([answer.status, answer.body.ErrorCode]).toEqual([status, ErrorCode])
  })

  test('is refused to somebody who is there, and by an organization that is not active', async () => {
    const uid = 'uid_there'
    loginradius.seedAccount({ Uid: uid, Email: 'user@example.com' })
    loginradius.seedAssignment({ uid })
    expect((await call('POST', '/invitations', request())).body).toMatchObject({ ErrorCode: 8170 })
    const { Id } = loginradius.seedOrganization({ isActive: false })
    expect((await call('POST', '/invitations', { ...request(), orgId: Id })).body.ErrorCode).toBe(8180)
  })

  test('cannot be listed without an organization', async () => {
    expect((await call('GET', '/invitations')).body).toMatchObject({ ErrorCode: 7900 })
  })
})

test('a domain is verified by a POST on itself, and shown in its organization', async () => {
  const path = `/organizations/${loginradius.organizationId}/domains`
  const added = await call('POST', path, { DomainName: 'example.com' })
  expect(added.body).toMatchObject({ DomainName: 'example.com', IsVerified: false })
  expect((await call('POST', `${path}/${added.body.Id}`)).body).toMatchObject({ IsVerified: true })
  const organization = await call('GET', `/organizations/${loginradius.organizationId}`)
  expect(organization.body.Domains).toEqual([{ ...added.body, IsVerified: true }])
  expect((await call('POST', path, { DomainName: 'no domain' })).body.ErrorCode).toBe(7900)
  const other = loginradius.seedOrganization().Id
  expect((await call('GET', `/organizations/${other}/domains/${added.body.Id}`)).status).toBe(404)
  expect((await call('DELETE', `${path}/${added.body.Id}`)).body).toEqual({ IsDeleted: true })
})

test('a domain without its TXT record is not verified', async () => {
  await start({ domainsHaveRecord: false })
  const { Id } = loginradius.seedDomain()
  const answer = await call('POST', `/organizations/${loginradius.organizationId}/domains/${Id}`)
  expect([answer.status, answer.body.ErrorCode]).toEqual([400, 8168])
})

test('a connection is created, replaced, switched off and removed', async () => {
  const path = `/organizations/${loginradius.organizationId}/connections`
  const { body } = await call('POST', path, { Name: 'Okta', ConnectionType: 'saml_custom' })
  expect(body).toMatchObject({ Name: 'Okta', IsActive: true })
  expect((await call('PUT', `${path}/${body.Id}`, { Name: 'Entra' })).body).toMatchObject({ Name: 'Entra' })
  expect((await call('PUT', `${path}/${body.Id}/status`, { IsActive: false })).body).toMatchObject({
    IsActive: false,
  })
  expect((await call('PUT', `${path}/${body.Id}/status`, {})).body.ErrorCode).toBe(7914)
  expect((await call('GET', path)).body.Data).toHaveLength(1)
  expect((await call('DELETE', `${path}/${body.Id}`)).body).toEqual({ IsDeleted: true })
  expect((await call('GET', `${path}/${body.Id}`)).status).toBe(404)
})

test('an account has roles in an organization and in the tenant', async () => {
  const { organizationId, accountUid } = loginradius
  const role = await call('POST', `/organizations/${organizationId}/roles`, {
    Name: 'auditor',
    Permissions: ['read'],
  })
  const path = `/account/${accountUid}/orgcontext`
  const RoleIds = [role.body.Id]
  const set = await call('PUT', `${path}/${organizationId}/roles`, { RoleIds })
  expect(set.body.Data).toMatchObject([{ Uid: accountUid, RoleId: role.body.Id, OrgId: organizationId }])
  expect((await call('PUT', `${path}/roles`, { RoleIds })).body.Data).toHaveLength(1)
  expect((await call('GET', path)).body.Data).toHaveLength(2)
  expect((await call('GET', `/organizations/${organizationId}/orgcontext`)).body.Data).toHaveLength(1)
  expect((await call('DELETE', `${path}/${organizationId}`)).body).toEqual({ IsDeleted: true })
  expect((await call('GET', `${path}/${organizationId}`)).body.Data).toEqual([])
  expect((await call('DELETE', path)).body).toEqual({ IsDeleted: true })
  expect((await call('GET', '/account/nobody/orgcontext')).body.ErrorCode).toBe(8132)
})

test('too many requests are answered with text, or with JSON where told so', async () => {
  loginradius.limitRequests(1)
  expect((await call('GET', '/organizations')).status).toBe(200)
  const text = await call('GET', '/organizations')
  expect([text.status, text.text, text.headers.get('content-type')]).toEqual([
    429,
    'Too many requests',
    'text/plain; charset=utf-8',
  ])
  await start({ body429: 'json' })
  loginradius.limitRequests(0)
  expect(await call('GET', '/organizations')).toMatchObject({
    status: 429,
    body: { Message: 'Too many requests' },
  })
})

test('the API is where an older generation had it, when told so', async () => {
  await start({ pathPrefix: '/identity/v2/manage' })
  expect(
    (await ask('GET', `${loginradius.url}/identity/v2/manage/organizations?${keySecret()}`)).status,
  ).toBe(200)
  expect((await call('GET', '/organizations')).status).toBe(404)
})

test('what is put in without a request is found by its id, and gone after a reset', async () => {
  const orgId = loginradius.seedOrganization({ id: 'org_1', name: 'One' }).Id
  loginradius.seedRole({ id: 'role_1', orgId })
  loginradius.seedDomain({ id: 'dom_1', orgId })
  loginradius.seedConnection({ id: 'conn_1', orgId })
  loginradius.seedInvitation({ id: 'inv_1', orgId, email: 'a@example.com' })
  const { body } = await call('GET', '/organizations/org_1')
  expect(body).toMatchObject({ Name: 'One', Domains: [{ Id: 'dom_1' }], Connections: [{ Id: 'conn_1' }] })
  expect((await call('GET', '/invitations?orgid=org_1')).body.Data).toMatchObject([{ Id: 'inv_1' }])
  loginradius.failTokenEndpoint('unavailable')
  loginradius.reset()
  expect(loginradius.requestCounts).toMatchObject({ token: 0, api: 0, 'key-secret': 0 })
  expect((await call('GET', '/organizations/org_1')).status).toBe(404)
  expect(await loginradius.mintToken()).toMatch(/^ey/)
})

test('the token endpoint breaks as it is told to, and a taken port leaves nothing running', async () => {
  loginradius.failTokenEndpoint('unavailable')
  await expect(loginradius.mintToken()).rejects.toThrow('503')
  const taken = Number(new URL(loginradius.url).port)
  await expect(startLoginRadius({ apiPort: taken })).rejects.toThrow('EADDRINUSE')
})
