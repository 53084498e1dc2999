import { describe, expect, expectTypeOf, test } from 'vitest'
import { json, problem, type Seen, startScriptedGateway } from '../test/scripted-gateway.ts'
import type { CallOptions } from './call.ts'
import { createClient } from './create-client.ts'
import { staticIdentity } from './identity/static-identity.ts'
import { loginradius } from './loginradius.ts'
import type { LoginRadius } from './loginradius-api.ts'
import type { LoginRadiusInvitation } from './loginradius-records.ts'

const one = { Id: 'x_1' }
const all = { Data: [one] }
const gone = { IsDeleted: true }
const invitation = { email: 'a@b.c', roleIds: ['r1'], orgId: 'o1', inviterUid: 'u1' }
const organizations = '/loginradius/v2/manage/organizations'
const ids = { orgId: 'o1', connectionId: 'c1' }

/** The request, the call, the answer on the wire, and what comes of it. */
type Row = [string, (at: LoginRadius, options?: CallOptions) => Promise<unknown>, unknown, unknown]
const calls: Row[] = [
  [`GET ${organizations} `, (at, o) => at.organizations.list(o), all, [one]],
  [`GET ${organizations}/o1 `, (at, o) => at.organizations.get('o1', o), one, one],
  [`POST ${organizations} {"Name":"n"}`, (at, o) => at.organizations.create({ Name: 'n' }, o), one, one],
  [
    `PUT ${organizations}/o1 {"IsActive":false}`,
    (at, o) => at.organizations.update('o1', { IsActive: false }, o),
    one,
    one,
  ],
  [`DELETE ${organizations}/o1 `, (at, o) => at.organizations.remove('o1', o), gone, undefined],
  [`GET ${organizations}/o1/orgcontext `, (at, o) => at.organizations.contexts('o1', o), all, [one]],
  [`GET ${organizations}/o1/roles `, (at, o) => at.roles.list('o1', o), all, [one]],
  [
    `POST ${organizations}/o1/roles {"Name":"n"}`,
    (at, o) => at.roles.create('o1', { Name: 'n' }, o),
    one,
    one,
  ],
  [
    'GET /loginradius/v2/manage/invitations?orgid=o%261 ',
    (at, o) => at.invitations.list('o&1', o),
    all,
    [one],
  ],
  [
    'POST /loginradius/v2/manage/invitations {"email":"a@b.c","roleIds":["r1"],"orgId":"o1","inviterUid":"u1"}',
    (at, o) => at.invitations.send(invitation, o),
    one,
    one,
  ],
  [
    'POST /loginradius/v2/manage/invitations?invitation_url=https%3A%2F%2Fapp {"email":"a@b.c","roleIds":["r1"],"orgId":"o1","inviterUid":"u1"}',
    (at, o) => at.invitations.send({ ...invitation, invitationUrl: 'https://app' }, o),
    one,
    one,
  ],
  [
    'PUT /loginradius/v2/manage/invitations/i1 {"roleIds":[]}',
    (at, o) => at.invitations.update('i1', { roleIds: [] }, o),
    one,
    one,
  ],
  [
    'POST /loginradius/v2/manage/invitations/i1/resend ',
    (at, o) => at.invitations.resend('i1', o),
    'nobody knows',
    undefined,
  ],
  ['DELETE /loginradius/v2/manage/invitations/i1 ', (at, o) => at.invitations.revoke('i1', o), one, one],
  [`GET ${organizations}/o1/domains `, (at, o) => at.domains.list('o1', o), all, [one]],
  [`GET ${organizations}/o1/domains/d1 `, (at, o) => at.domains.get('o1', 'd1', o), one, one],
  [
    `POST ${organizations}/o1/domains {"DomainName":"e.x"}`,
    (at, o) => at.domains.add('o1', 'e.x', o),
    one,
    one,
  ],
  [`POST ${organizations}/o1/domains/d1 `, (at, o) => at.domains.verify('o1', 'd1', o), one, one],
  [`DELETE ${organizations}/o1/domains/d1 `, (at, o) => at.domains.remove('o1', 'd1', o), gone, undefined],
  [`GET ${organizations}/o1/connections `, (at, o) => at.connections.list('o1', o), all, [one]],
  [`GET ${organizations}/o1/connections/c1 `, (at, o) => at.connections.get('o1', 'c1', o), one, one],
  [
    `POST ${organizations}/o1/connections {"Name":"n"}`,
    (at, o) => at.connections.create('o1', { Name: 'n' }, o),
    one,
    one,
  ],
  [
    `PUT ${organizations}/o1/connections/c1 {"Name":"n"}`,
    (at, o) => at.connections.update(ids, { Name: 'n' }, o),
    one,
    one,
  ],
  [
    `PUT ${organizations}/o1/connections/c1/status {"IsActive":true}`,
    (at, o) => at.connections.setStatus(ids, true, o),
    one,
    one,
  ],
  [
    `DELETE ${organizations}/o1/connections/c1 `,
    (at, o) => at.connections.remove('o1', 'c1', o),
    gone,
    undefined,
  ],
  [
    'GET /loginradius/v2/manage/account/u1/orgcontext ',
    (at, o) => at.accountContexts.list('u1', o),
    all,
    [one],
  ],
  [
    'GET /loginradius/v2/manage/account/u1/orgcontext/o1 ',
    (at, o) => at.accountContexts.get('u1', 'o1', o),
    all,
    [one],
  ],
  [
    'PUT /loginradius/v2/manage/account/u1/orgcontext/o1/roles {"RoleIds":["r1"]}',
    (at, o) => at.accountContexts.setRoles({ uid: 'u1', orgId: 'o1' }, ['r1'], o),
    all,
    [one],
  ],
  [
    'PUT /loginradius/v2/manage/account/u1/orgcontext/roles {"RoleIds":["r1"]}',
    (at, o) => at.accountContexts.setTenantRoles('u1', ['r1'], o),
    all,
    [one],
  ],
  [
    'DELETE /loginradius/v2/manage/account/u1/orgcontext/o1 ',
    (at, o) => at.accountContexts.remove('u1', 'o1', o),
    gone,
    undefined,
  ],
  [
    'DELETE /loginradius/v2/manage/account/u1/orgcontext ',
    (at, o) => at.accountContexts.removeAll('u1', o),
    gone,
    undefined,
  ],
]

describe('each call is the documented request', () => {
  test.each(calls)('%s', async (expected, ask, answer, result) => {
    await using gateway = await startScriptedGateway(json(200, answer))
    expect(await ask(loginradiusAt(gateway.url))).toEqual(result)
    expect(gateway.seen.map(lineOf)).toEqual([expected])
  })
})

test.each(calls)('can be cancelled: %s', async (_expected, ask) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await using gateway = await startScriptedGateway(() => controller.abort(reason))
  await expect(ask(loginradiusAt(gateway.url), controller)).rejects.toBe(reason)
})

test('an id is one segment of the path, and one that cannot be is refused before anything is sent', async () => {
  await using gateway = await startScriptedGateway(json(200, one))
  const at = loginradiusAt(gateway.url)
  await at.organizations.get('../domains/d1')
  expect(gateway.seen[0]?.url).toBe(`${organizations}/..%2Fdomains%2Fd1`)
  await expect(at.domains.verify('o1', '..')).rejects.toThrow(TypeError)
  await expect(at.organizations.remove('')).rejects.toThrow(TypeError)
  expect(gateway.seen).toHaveLength(1)
})

test('the upstream and its path may have other names', async () => {
  await using gateway = await startScriptedGateway(json(200, all))
  const client = createClient({ gateway: gateway.url, identity: staticIdentity('t') })
  await loginradius(client, { upstream: 'iam', prefix: '/identity/v2/manage' }).organizations.list()
  expect(gateway.seen[0]?.url).toBe('/iam/identity/v2/manage/organizations')
})

describe('errors', () => {
  test("the upstream's refusal keeps its code", async () => {
    const body = { ErrorCode: 8118, Message: 'Organization not found', Description: '' }
    await using gateway = await startScriptedGateway(json(404, body))
    await expect(loginradiusAt(gateway.url).organizations.get('o')).rejects.toMatchObject({
      name: 'UpstreamError',
      status: 404,
      body,
    })
  })

  test('a 429 that is text is text', async () => {
    const plain = { 'content-type': 'text/plain' }
    await using gateway = await startScriptedGateway((res) =>
      res.writeHead(429, plain).end('Too many requests'),
    )
    await expect(loginradiusAt(gateway.url).organizations.create({ Name: 'n' })).rejects.toMatchObject({
      name: 'UpstreamError',
      status: 429,
      body: 'Too many requests',
    })
  })

  test('a removal that did not remove is no success', async () => {
    await using gateway = await startScriptedGateway(json(200, { IsDeleted: false }))
    await expect(loginradiusAt(gateway.url).organizations.remove('o')).rejects.toThrow(
      'not what this call answers',
    )
  })

  test.each([[{ data: [one] }], [[one]], [{ Data: [{}] }]])('%j is no list', async (answer) => {
    await using gateway = await startScriptedGateway(json(200, answer))
    await expect(loginradiusAt(gateway.url).organizations.list()).rejects.toThrow(
      'not what this call answers',
    )
  })

  test("the gateway's refusal is the gateway's", async () => {
    await using gateway = await startScriptedGateway(problem(502, 'upstream.credential-refused'))
    await expect(loginradiusAt(gateway.url).domains.list('o')).rejects.toMatchObject({
      code: 'upstream.credential-refused',
      owner: 'operator',
    })
  })
})

test('types', () => {
  expectTypeOf<LoginRadius['invitations']['send']>().returns.resolves.toEqualTypeOf<LoginRadiusInvitation>()
  expectTypeOf<LoginRadius['organizations']['remove']>().returns.resolves.toEqualTypeOf<void>()
  // @ts-expect-error all four members are required
  const incomplete: Parameters<LoginRadius['invitations']['send']>[0] = { email: 'a@b.c' }
  expect(incomplete).toBeDefined()
})

function loginradiusAt(gateway: string): LoginRadius {
  return loginradius(createClient({ gateway, identity: staticIdentity('t') }))
}

function lineOf({ method, url, body }: Seen): string {
  return `${method} ${url} ${body}`
}
