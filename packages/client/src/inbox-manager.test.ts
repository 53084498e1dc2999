import { describe, expect, expectTypeOf, test } from 'vitest'
import { json, problem, type Seen, startScriptedGateway } from '../test/scripted-gateway.ts'
import type { CallOptions } from './call.ts'
import { createClient } from './create-client.ts'
import { staticIdentity } from './identity/static-identity.ts'
import {
  type Account,
  type ApplicationUser,
  type InboxManager,
  inboxManager,
  type Member,
  type Role,
} from './inbox-manager.ts'

const one = { id: 'x_1' }
const list = { data: [one] }

const calls: [string, (inbox: InboxManager, options?: CallOptions) => Promise<unknown>, unknown][] = [
  [
    'POST /inbox-manager/api/applications/app_1/users {"status":"active"}',
    (inbox, options) => inbox.createApplicationUser('app_1', { status: 'active' }, options),
    one,
  ],
  [
    'DELETE /inbox-manager/api/users/uid_1 ',
    (inbox, options) => inbox.removeUser('uid_1', options),
    undefined,
  ],
  [
    'POST /inbox-manager/api/accounts {"name":"ops"}',
    (inbox, options) => inbox.createAccount({ name: 'ops' }, options),
    one,
  ],
  [
    'POST /inbox-manager/api/accounts/acc_1/accounts {"name":"ops"}',
    (inbox, options) => inbox.createChildAccount('acc_1', { name: 'ops' }, options),
    one,
  ],
  ['GET /inbox-manager/api/accounts ', (inbox, options) => inbox.listAccounts({}, options), list],
  [
    'GET /inbox-manager/api/accounts?limit=20&offset=0 ',
    (inbox, options) => inbox.listAccounts({ limit: 20, offset: 0 }, options),
    list,
  ],
  [
    'POST /inbox-manager/api/accounts/search {"query":"o","limit":2}',
    (inbox, options) => inbox.searchAccounts({ query: 'o', limit: 2 }, options),
    list,
  ],
  ['GET /inbox-manager/api/accounts/acc_1 ', (inbox, options) => inbox.getAccount('acc_1', options), one],
  [
    'PATCH /inbox-manager/api/accounts/acc_1 {"name":"n"}',
    (inbox, options) => inbox.updateAccount('acc_1', { name: 'n' }, options),
    one,
  ],
  [
    'DELETE /inbox-manager/api/accounts/acc_1 ',
    (inbox, options) => inbox.removeAccount('acc_1', options),
    undefined,
  ],
  [
    'POST /inbox-manager/api/accounts/acc_1/members {"user_id":"uid_1","role":"viewer"}',
    (inbox, options) => inbox.addAccountMember('acc_1', 'uid_1', 'viewer', options),
    one,
  ],
  [
    'GET /inbox-manager/api/accounts/acc_1/members?limit=1 ',
    (inbox, options) => inbox.listAccountMembers('acc_1', { limit: 1 }, options),
    list,
  ],
  [
    'POST /inbox-manager/api/accounts/acc_1/members/search {"query":"owner"}',
    (inbox, options) => inbox.searchAccountMembers('acc_1', { query: 'owner' }, options),
    list,
  ],
  [
    'PATCH /inbox-manager/api/accounts/acc_1/members/mem_1 {"role":"member"}',
    (inbox, options) => inbox.updateAccountMember('acc_1', 'mem_1', 'member', options),
    one,
  ],
  [
    'DELETE /inbox-manager/api/accounts/acc_1/members/mem_1 ',
    (inbox, options) => inbox.removeAccountMember('acc_1', 'mem_1', options),
    undefined,
  ],
]

describe('each call is the documented request', () => {
  test.each(calls)('%s', async (expected, ask, answer) => {
    await using gateway = await startScriptedGateway(json(answer === undefined ? 204 : 200, answer))
    expect(await ask(inboxAt(gateway.url))).toEqual(answer)
    expect(gateway.seen.map(lineOf)).toEqual([expected])
    expect(gateway.seen[0]?.headers['content-type']).toBe(
      expected.endsWith('}') ? 'application/json' : undefined,
    )
  })
})

test.each(calls)('can be cancelled: %s', async (_expected, ask) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await using gateway = await startScriptedGateway(() => controller.abort(reason))
  await expect(ask(inboxAt(gateway.url), controller)).rejects.toBe(reason)
})

describe('an id is one segment of the path', () => {
  test.each(['a/b', '../users', '%2e%2e', 'a?b#c', 'ü ;', '...'])('%s', async (id) => {
    await using gateway = await startScriptedGateway(json(200, one))
    await inboxAt(gateway.url).getAccount(id)
    expect(gateway.seen[0]?.url).toBe(`/inbox-manager/api/accounts/${encodeURIComponent(id)}`)
  })

  test.each(['', '.', '..'])('%j is refused, since it would be another operation', async (id) => {
    await using gateway = await startScriptedGateway(json(204, undefined))
    const inbox = inboxAt(gateway.url)
    await expect(inbox.removeAccountMember('acc_1', id)).rejects.toThrow(TypeError)
    await expect(inbox.removeAccount(id)).rejects.toThrow(TypeError)
    expect(gateway.seen).toHaveLength(0)
  })
})

describe('errors', () => {
  test("the gateway's refusal names call, code, owner and request id", async () => {
    await using gateway = await startScriptedGateway(problem(403, 'policy.refused'))
    await expect(inboxAt(gateway.url).removeUser('uid_1')).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'policy.refused',
      owner: 'caller',
      requestId: 'req-gateway',
      message: expect.stringContaining('DELETE /inbox-manager/api/users/uid_1: the gateway answered 403'),
    })
  })

  test("the upstream's refusal is the upstream's", async () => {
    await using gateway = await startScriptedGateway(json(409, { error: { code: 'conflict' } }))
    await expect(inboxAt(gateway.url).addAccountMember('a', 'u', 'viewer')).rejects.toMatchObject({
      name: 'UpstreamError',
      status: 409,
      body: { error: { code: 'conflict' } },
    })
  })

  test.each([['<html>'], ['null'], ['{}'], ['{"id":7}'], ['[]'], ['']])(
    'a success of %j is not taken for an account',
    async (text) => {
      await using gateway = await startScriptedGateway((res) => void res.writeHead(200).end(text))
      const { message } = await inboxAt(gateway.url)
        .getAccount('a')
        .then(
          () => expect.unreachable('it should fail'),
          (error: Error) => error,
        )
      expect(message).toContain('answered 200 with a body that is not what this call answers')
    },
  )

  test('a list holds accounts only', async () => {
    await using gateway = await startScriptedGateway(json(200, { data: [one, {}] }))
    await expect(inboxAt(gateway.url).listAccounts()).rejects.toMatchObject({ name: 'UpstreamError' })
  })

  test('an answer that breaks off is not half an account', async () => {
    await using gateway = await startScriptedGateway((res) => {
      res.writeHead(200, { 'content-length': '100' }).write('{"id":"a"}', () => res.destroy())
    })
    await expect(inboxAt(gateway.url).getAccount('a')).rejects.toMatchObject({
      name: 'GatewayUnreachableError',
      maybeSent: true,
    })
  })

  test('cancelled in the middle of the answer: the reason of the signal, even if it looks like a network fault', async () => {
    const controller = new AbortController()
    const reason = new TypeError('enough')
    await using gateway = await startScriptedGateway((res) => void res.writeHead(200).write('{"id":'))
    const fetch = async (url: string, init: RequestInit) => {
      const response = await globalThis.fetch(url, init)
      controller.abort(reason)
      return response
    }
    const client = createClient({ gateway: gateway.url, identity: staticIdentity('t'), fetch })
    await expect(inboxManager(client).getAccount('a', controller)).rejects.toBe(reason)
  })
})

test('the upstream may have another name', async () => {
  await using gateway = await startScriptedGateway(json(200, one))
  const client = createClient({ gateway: gateway.url, identity: staticIdentity('t') })
  await inboxManager(client, { upstream: 'inbox-eu' }).getAccount('a')
  expect(gateway.seen[0]?.url).toBe('/inbox-eu/api/accounts/a')
})

test('types', () => {
  expectTypeOf<InboxManager['createApplicationUser']>().toEqualTypeOf<
    (id: string, user: { readonly status: string }, options?: CallOptions) => Promise<ApplicationUser>
  >()
  expectTypeOf<InboxManager['addAccountMember']>().toEqualTypeOf<
    (accountId: string, userId: string, role: Role, options?: CallOptions) => Promise<Member>
  >()
  expectTypeOf<Role>().toEqualTypeOf<'owner' | 'member' | 'viewer'>()
  expectTypeOf<InboxManager['removeAccount']>().returns.resolves.toEqualTypeOf<void>()
  expectTypeOf<InboxManager['listAccounts']>()
    .returns.resolves.toHaveProperty('data')
    .items.toEqualTypeOf<Account>()
  expectTypeOf<Account['id']>().toBeString()
  // @ts-expect-error a role that does not exist
  const wrong: Parameters<InboxManager['addAccountMember']>[2] = 'admin'
  expect(wrong).toBe('admin')
})

function inboxAt(gateway: string): InboxManager {
  return inboxManager(createClient({ gateway, identity: staticIdentity('t') }))
}

function lineOf({ method, url, body }: Seen): string {
  return `${method} ${url} ${body}`
}
