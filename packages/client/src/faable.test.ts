import { describe, expect, expectTypeOf, test } from 'vitest'
import { json, problem, type Seen, startScriptedGateway } from '../test/scripted-gateway.ts'
import type { CallOptions } from './call.ts'
import { createClient } from './create-client.ts'
import { type Faable, type FaableOptions, faable } from './faable.ts'
import type { FaableUser } from './faable-records.ts'
import { staticIdentity } from './identity/static-identity.ts'

const one = { id: 'x_1' }
const page = { results: [one], next: null }

const calls: [string, (at: Faable, options?: CallOptions) => Promise<unknown>, unknown][] = [
  ['GET /faable/user ', (at, options) => at.listUsers({}, options).first(), page],
  [
    'GET /faable/user?query=suspended%3Atrue+locale%21%3Aes&pageSize=5&expand=a%2Cb ',
    (at, options) =>
      at.listUsers({ query: 'suspended:true locale!:es', pageSize: 5, expand: ['a', 'b'] }, options).first(),
    page,
  ],
  ['GET /faable/user/x_1 ', (at, options) => at.getUser('x_1', options), one],
  ['POST /faable/user {"email":"a@b.c"}', (at, options) => at.createUser({ email: 'a@b.c' }, options), one],
  [
    'POST /faable/user/x_1 {"suspended":true,"suspended_reason":"abuse"}',
    (at, options) => at.updateUser('x_1', { suspended: true, suspended_reason: 'abuse' }, options),
    one,
  ],
  ['DELETE /faable/user/x_1 ', (at, options) => at.removeUser('x_1', options), undefined],
  [
    'POST /faable/credentials/c_1/set-password {"password":"p"}',
    (at, options) => at.setPassword('c_1', 'p', options),
    undefined,
  ],
  ['GET /faable/client ', (at, options) => at.clients.list(undefined, options).first(), page],
  ['POST /faable/client {"name":"n"}', (at, options) => at.clients.create({ name: 'n' }, options), one],
  ['GET /faable/client/x_1 ', (at, options) => at.clients.get('x_1', options), one],
  ['DELETE /faable/client/x_1 ', (at, options) => at.clients.remove('x_1', options), undefined],
  [
    'POST /faable/connection/x_1 {"enabled":false}',
    (at, options) => at.connections.update('x_1', { enabled: false }, options),
    one,
  ],
  ['GET /faable/apis/x_1 ', (at, options) => at.apis.get('x_1', options), one],
  [
    'GET /faable/logs?query=status%3Afailed ',
    (at, options) => at.logs.list({ query: 'status:failed' }, options).first(),
    page,
  ],
  ['GET /faable/session/x_1 ', (at, options) => at.sessions.get('x_1', options), one],
  ['POST /faable/session/x_1/revoke ', (at, options) => at.sessions.revoke('x_1', options), undefined],
]

describe('each call is the documented request', () => {
  test.each(calls)('%s', async (expected, ask, answer) => {
    await using gateway = await startScriptedGateway(json(answer === undefined ? 204 : 200, answer))
    expect(await ask(faableAt(gateway.url))).toEqual(answer)
    expect(gateway.seen.map(lineOf)).toEqual([expected])
  })

  test('importUsers', async () => {
    const results = [{ email: 'a@b.c', status: 'created' }]
    await using gateway = await startScriptedGateway(json(200, { results }))
    expect(await faableAt(gateway.url).importUsers([{ email: 'a@b.c' }])).toEqual(results)
    expect(gateway.seen.map(lineOf)).toEqual(['POST /faable/user/import {"users":[{"email":"a@b.c"}]}'])
  })
})

test.each(calls)('can be cancelled: %s', async (_expected, ask) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await using gateway = await startScriptedGateway(() => controller.abort(reason))
  await expect(ask(faableAt(gateway.url), controller)).rejects.toBe(reason)
})

describe('a list', () => {
  const pages = [
    json(200, { results: [{ id: 'u_1' }, { id: 'u_2' }], next: 'c 1/+' }),
    json(200, { results: [{ id: 'u_3' }], next: null }),
  ]

  test('is walked to its end, by the cursor of each page, with the same question', async () => {
    await using gateway = await startScriptedGateway(...pages)
    const ids: string[] = []
    for await (const { id } of faableAt(gateway.url).listUsers({ pageSize: 2 })) ids.push(id)
    expect(ids).toEqual(['u_1', 'u_2', 'u_3'])
    expect(gateway.seen.map(({ url }) => url)).toEqual([
      '/faable/user?pageSize=2',
      '/faable/user?pageSize=2&cursor=c+1%2F%2B',
    ])
  })

  test('is fetched only as far as it is read', async () => {
    await using gateway = await startScriptedGateway(...pages)
    const users = faableAt(gateway.url).listUsers()
    expect(gateway.seen).toHaveLength(0)
    for await (const { id } of users) if (id === 'u_2') break
    expect(gateway.seen).toHaveLength(1)
    expect((await users.first()).next).toBe(null)
  })

  test('comes page by page, with the cursor parameter that the tenant wants', async () => {
    await using gateway = await startScriptedGateway(...pages)
    const sizes: number[] = []
    const list = faableAt(gateway.url, { cursorParam: 'next' }).listUsers()
    for await (const { results } of list.pages()) sizes.push(results.length)
    expect(sizes).toEqual([2, 1])
    expect(gateway.seen[1]?.url).toBe('/faable/user?next=c+1%2F%2B')
  })

  test('whose cursor comes back ends with an error and not in a circle', async () => {
    await using gateway = await startScriptedGateway(json(200, { results: [one], next: 'same' }))
    const read = async () => {
      for await (const user of faableAt(gateway.url).listUsers()) expect(user.id).toBe('x_1')
    }
    await expect(read()).rejects.toMatchObject({ name: 'UpstreamError' })
    expect(gateway.seen).toHaveLength(2)
  })

  test.each([
    [[]],
    [{ results: [one] }],
    [{ results: [{}], next: null }],
    [{ results: [], next: 7 }],
    [null],
  ])('is not %j', async (answer) => {
    await using gateway = await startScriptedGateway(json(200, answer))
    await expect(faableAt(gateway.url).listUsers().first()).rejects.toMatchObject({ name: 'UpstreamError' })
  })
})

test.each(['', '.', '..'])('the id %j is refused, since it would be another operation', async (id) => {
  await using gateway = await startScriptedGateway(json(204, undefined))
  await expect(faableAt(gateway.url).removeUser(id)).rejects.toThrow(TypeError)
  await expect(faableAt(gateway.url).sessions.revoke(id)).rejects.toThrow(TypeError)
  expect(gateway.seen).toHaveLength(0)
})

describe('errors', () => {
  test("the upstream's refusal is the upstream's, with its stable code", async () => {
    const body = { status: 400, error_code: 'already_exists', message: '…', details: { fields: ['email'] } }
    await using gateway = await startScriptedGateway(json(400, body))
    await expect(faableAt(gateway.url).createUser({ email: 'a@b.c' })).rejects.toMatchObject({
      name: 'UpstreamError',
      status: 400,
      body: { error_code: 'already_exists' },
    })
  })

  test("the gateway's refusal in the middle of a list ends it", async () => {
    await using gateway = await startScriptedGateway(
      json(200, { results: [one], next: 'c' }),
      problem(502, 'mint.rejected-by-upstream'),
    )
    const read: string[] = []
    const walk = async () => {
      for await (const { id } of faableAt(gateway.url).listUsers()) read.push(id)
    }
    await expect(walk()).rejects.toMatchObject({ name: 'GatewayError', code: 'mint.rejected-by-upstream' })
    expect(read).toEqual(['x_1'])
  })
})

test('types', () => {
  expectTypeOf<Faable['getUser']>().returns.resolves.toEqualTypeOf<FaableUser>()
  expectTypeOf<Faable['sessions']['revoke']>().returns.resolves.toEqualTypeOf<void>()
  // @ts-expect-error a user cannot be created suspended
  const wrong: Parameters<Faable['createUser']>[0] = { suspended: true }
  expect(wrong).toEqual({ suspended: true })
  // @ts-expect-error sessions are not made by hand
  expectTypeOf<Faable['sessions']['create']>().toBeNever()
})

function faableAt(gateway: string, options?: FaableOptions): Faable {
  return faable(createClient({ gateway, identity: staticIdentity('t') }), options)
}

function lineOf({ method, url, body }: Seen): string {
  return `${method} ${url} ${body}`
}
