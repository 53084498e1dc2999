import { describe, expect, expectTypeOf, test } from 'vitest'
import { json, problem, type Seen, startScriptedGateway } from '../test/scripted-gateway.ts'
import { type AuthAction, type AuthActionUser, authAction } from './authaction.ts'
import type { CallOptions } from './call.ts'
import { createClient } from './create-client.ts'
import { staticIdentity } from './identity/static-identity.ts'

const user = { id: '671e6abcf34ff7b958a64f81', name: 'John Doe', email: 'john.doe@example.com' }
const transaction = { transactionId: 't_1', id: 'p_1', verified: false }
const person = { externalId: 'ada', displayName: 'Ada' }

const calls: [string, (at: AuthAction, options?: CallOptions) => Promise<unknown>, unknown][] = [
  ['GET /authaction/api/v1/users ', (at, options) => at.listUsers(options), [user]],
  ['GET /authaction/api/v1/users/u1 ', (at, options) => at.getUser('u1', options), user],
  [
    'POST /authaction/api/v1/users {"name":"n"}',
    (at, options) => at.createUser({ name: 'n' }, options),
    user,
  ],
  [
    'PATCH /authaction/api/v1/users/u1 {"name":"n"}',
    (at, options) => at.updateUser('u1', { name: 'n' }, options),
    user,
  ],
  ['DELETE /authaction/api/v1/users/u1 ', (at, options) => at.removeUser('u1', options), undefined],
  [
    'GET /authaction/api/v1/users/u1/roles ',
    (at, options) => at.listUserRoles('u1', options),
    [{ id: 'r1' }],
  ],
  [
    'POST /authaction/api/v1/users/u1/roles {"roles":["r1"]}',
    (at, options) => at.addUserRoles('u1', ['r1'], options),
    undefined,
  ],
  [
    'DELETE /authaction/api/v1/users/u1/roles {"roles":["r1"]}',
    (at, options) => at.removeUserRoles('u1', ['r1'], options),
    undefined,
  ],
  ['GET /authaction/api/v1/organizations ', (at, options) => at.listOrganizations(options), [{ id: 'o1' }]],
  [
    'GET /authaction/api/v1/organizations/o1/members ',
    (at, options) => at.listOrganizationMembers('o1', options),
    [user],
  ],
  [
    'POST /authaction/api/v1/organizations/o1/members/u1/roles {"roles":["r1"]}',
    (at, options) => at.addMemberRoles({ organizationId: 'o1', userId: 'u1' }, ['r1'], options),
    undefined,
  ],
  [
    'POST /authaction/api/v1/passkey-plus/app/transaction/register {"externalId":"ada","displayName":"Ada"}',
    (at, options) => at.registerPasskey('app', person, options),
    transaction,
  ],
  [
    'POST /authaction/api/v1/passkey-plus/app/transaction/authenticate {"externalId":"ada","displayName":"Ada"}',
    (at, options) => at.authenticatePasskey('app', person, options),
    transaction,
  ],
  [
    'POST /authaction/api/v1/passkey-plus/app/authenticate/verify {"nonce":"n"}',
    (at, options) => at.verifyPasskey('app', 'n', options),
    { id: 'p_1', verified: true },
  ],
]

describe.each([
  ['bare', (answer: unknown) => answer],
  ['in data', (answer: unknown) => ({ data: answer })],
])('each call is the documented request, and its answer may come %s', (_name, wrap) => {
  test.each(calls)('%s', async (expected, ask, answer) => {
    await using gateway = await startScriptedGateway(json(answer === undefined ? 204 : 200, wrap(answer)))
    expect(await ask(authActionAt(gateway.url))).toEqual(answer)
    expect(gateway.seen.map(lineOf)).toEqual([expected])
  })
})

test.each(calls)('can be cancelled: %s', async (_expected, ask) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await using gateway = await startScriptedGateway(() => controller.abort(reason))
  await expect(ask(authActionAt(gateway.url), controller)).rejects.toBe(reason)
})

test.each([[{}], [{ data: {} }], [[{}]], [{ data: [{}] }], [null], ['x']])(
  '%j is no list of users',
  async (answer) => {
    await using gateway = await startScriptedGateway(json(200, answer))
    await expect(authActionAt(gateway.url).listUsers()).rejects.toMatchObject({ name: 'UpstreamError' })
  },
)

test.each(['', '.', '..'])('the id %j is refused, since it would be another operation', async (id) => {
  await using gateway = await startScriptedGateway(json(204, undefined))
  await expect(authActionAt(gateway.url).removeUser(id)).rejects.toThrow(TypeError)
  expect(gateway.seen).toHaveLength(0)
})

test('a 401 of the upstream comes as the fault of the gateway, never as the caller’s', async () => {
  await using gateway = await startScriptedGateway(problem(502, 'mint.rejected-by-upstream'))
  await expect(authActionAt(gateway.url).listUsers()).rejects.toMatchObject({
    name: 'GatewayError',
    status: 502,
    owner: 'upstream',
  })
})

test('types', () => {
  expectTypeOf<AuthAction['listUsers']>().returns.resolves.toEqualTypeOf<readonly AuthActionUser[]>()
  expectTypeOf<AuthAction['removeUser']>().returns.resolves.toEqualTypeOf<void>()
})

function authActionAt(gateway: string): AuthAction {
  return authAction(createClient({ gateway, identity: staticIdentity('t') }))
}

function lineOf({ method, url, body }: Seen): string {
  return `${method} ${url} ${body}`
}
