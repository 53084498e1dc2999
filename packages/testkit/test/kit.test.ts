import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, expectOk, inboxManager } from '@countersign/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CountersignKit, startCountersign } from '../src/kit/index.ts'
import { answersStatus, resets } from '../src/mood.ts'

const platform = fileURLToPath(new URL('../../../examples/platform', import.meta.url))

async function detailOf(response: Response): Promise<unknown> {
  return JSON.parse(await response.text()).detail
}

describe('a kit with the policy of a platform', () => {
  let kit: CountersignKit
  beforeAll(async () => {
    kit = await startCountersign({ policy: platform })
  })
  beforeEach(() => kit.upstream('inbox-manager').forget())
  afterAll(() => kit.stop())

  test('a typed call reaches the upstream with a minted token, and nothing of the caller’s', async () => {
    const upstream = kit.upstream('inbox-manager')
    upstream.answer('POST /api/accounts/{id}/accounts', { status: 201, body: { id: 'acc_2' } })
    const account = await inboxManager(kit.client('provisioning')).createChildAccount('acc_1', {
      name: 'ops',
    })
    expect(account).toEqual({ id: 'acc_2' })
    const [request] = upstream.requests
    expect(request).toMatchObject({ method: 'POST', path: '/api/accounts/acc_1/accounts' })
    expect(request?.json()).toEqual({ name: 'ops' })
    expect(request?.headers.get('authorization')).toBe(`Bearer ${upstream.tokens.issued.at(-1)}`)
  })

  test('a refusal names the closest rule, where it stands, and what would allow the call', async () => {
    const call = inboxManager(kit.client('support')).removeAccount('acc_1')
    const error = await call.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'GatewayError', code: 'policy.refused' })
    const message = String(error)
    expect(message).toContain('deny  support → inbox-manager accounts.remove')
    expect(message).toMatch(/closest +support allow\[0\] +.*examples\/platform\/services\/support\.yaml:11:9/)
    expect(message).toContain('- { upstream: inbox-manager, operations: [accounts.remove] }')
    expect(kit.upstream('inbox-manager').requests).toEqual([])
  })

  test('so does one that rests on the body, the query and the claims of that very call', async () => {
    const refused = await kit.fetch('reporting', '/faable/logs?pageSize=1000')
    expect(await detailOf(refused)).toContain('int(request.query.pageSize) <= 100  false')

    const client = kit.client('support', { groups: ['support'] })
    const first = await client.fetch('/faable/session/s_1/revoke', { method: 'POST' })
    expect(await detailOf(first)).toContain('"support-l2" in identity.claims.groups  false')

    kit.upstream('faable').answer('POST /session/{id}/revoke', { body: {} })
    const second = kit.client('support', { groups: ['support-l2'] })
    await expectOk(await second.fetch('/faable/session/s_1/revoke', { method: 'POST' }))
  })

  test('a client that the code under test makes itself is told as well', async () => {
    const identity = kit.identity('support')
    const client = createClient({ gateway: kit.url, identity, fetch: kit.explainingFetch })
    expect(await detailOf(await client.fetch('/inbox-manager/api/nothing'))).toContain('route.unknown')
  })

  test('explain sends nothing, and says what the command line says', async () => {
    const { verdict, text } = await kit.explain({ as: 'support', method: 'GET', path: '/faable/user/u_1' })
    expect(verdict).toBe('allow')
    expect(text).toContain('read:users')
    expect(kit.upstream('faable').requests.filter(({ path }) => path === '/user/u_1')).toEqual([])
  })

  test('an answer that no test gave says so; one that goes wrong is told from a refusal', async () => {
    const client = kit.client('provisioning')
    const unsaid = await client.fetch('/inbox-manager/api/accounts')
    expect(unsaid.status).toBe(501)
    expect(await unsaid.text()).toContain("kit.upstream('inbox-manager').answer('GET /api/accounts'")

    kit.upstream('inbox-manager').answer(resets())
    await expect(inboxManager(client).getAccount('a')).rejects.toMatchObject({ owner: 'upstream' })
    kit.upstream('inbox-manager').answer(answersStatus(404))
    await expect(inboxManager(client).getAccount('a')).rejects.toMatchObject({ name: 'UpstreamError' })
  })

  test('every call is in the audit, refused ones with their rule or code', () => {
    const lines = kit.audit().filter(({ kind }) => kind === 'close')
    expect(lines.map(({ service }) => service)).toContain('support')
    expect(lines.map(({ code }) => code)).toContain('policy.refused')
    expect(kit.log()).toContain('listening')
  })

  test('names that the policy does not have are told from those it has', () => {
    expect(() => kit.upstream('inbox')).toThrow(/no upstream "inbox"; it has inbox-manager, faable/)
    expect(() => kit.client('suport')).toThrow(/no service "suport"; it has .*support/)
    expect(() => kit.issuer('google')).toThrow(/it has cluster, ci, staff/)
  })
})

describe('a policy', () => {
  const services = {
    billing: {
      identities: [{ issuer: 'internal', subject: 'billing' }],
      allow: [{ upstream: 'ledger', operations: ['entries.list'] }],
    },
  }
  const upstreams = {
    ledger: {
      url: 'https://ledger.example',
      token: { endpoint: 'https://auth.ledger.example/token' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
      credential: { client_id: '${env:ID}', client_secret: '${file:/run/secrets/ledger}' },
      operations: { 'entries.list': { route: 'GET /{tenant}/entries', scopes: ['read'] } },
    },
  }

  test('can be an object or text, with nothing but what the test is about', async () => {
    for (const policy of [{ upstreams, services }, JSON.stringify({ upstreams, services }, null, 2)]) {
      await using kit = await startCountersign({ policy })
      kit.upstream('ledger').answer('GET /acme/entries', { body: [] })
      expect((await kit.fetch('billing', '/ledger/acme/entries?page=2')).status).toBe(200)
      expect(kit.upstream('ledger').requests[0]?.query.get('page')).toBe('2')
    }
  })

  test('is taken with issuers of every kind, and identities by claims', async () => {
    const policy = {
      upstreams,
      issuers: {
        cluster: {
          kind: 'kubernetes',
          issuer: 'https://kubernetes.default.svc',
          token_file: './none',
          ca: './none',
        },
        mesh: { kind: 'spiffe', trust_domain: 'prod.example', bundle: 'https://spire.internal/bundle' },
        ci: { kind: 'github-actions' },
      },
      services: Object.fromEntries(
        [
          { issuer: 'cluster', subject: 'system:serviceaccount:ops:*', uid: 'u-1' },
          { issuer: 'mesh', subject: 'spiffe://prod.example/billing' },
          { issuer: 'ci', claims: { repository_id: '42', environment: ['production', 'staging'] } },
        ].map((identity) => [identity.issuer, { ...services.billing, identities: [identity] }]),
      ),
    }
    await using kit = await startCountersign({ policy })
    kit.upstream('ledger').answer({ body: [] })
    for (const service of ['cluster', 'mesh', 'ci']) {
      expect((await kit.fetch(service, '/ledger/acme/entries')).status, service).toBe(200)
    }
  })

  test('with a fault is refused with file and line of its author', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kit-test-'))
    try {
      mkdirSync(join(folder, 'services'))
      writeFileSync(
        join(folder, 'all.yaml'),
        JSON.stringify({ upstreams, gateway: { audience: 'a', listen: '127.0.0.1:1' } }),
      )
      writeFileSync(join(folder, 'services/b.yaml'), 'services:\n  b: { identities: [], alow: [] }\n')
      await expect(startCountersign({ policy: folder })).rejects.toThrow(/services\/b\.yaml:2:\d+/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('that is not there is a mistake of the test', async () => {
    await expect(startCountersign({ policy: './no-such-folder' })).rejects.toThrow(TypeError)
  })
})

test.each([
  ['private-key-jwt', 'support', '/billing/v1/invoices/1'],
  ['workload-jwt', 'shop', '/inventory/v1/stock/1'],
  ['token-exchange', 'assistant', '/documents/v1/documents/1'],
  ['token-exchange', 'assistant', '/archive/boxes'],
])('the policy of examples/%s needs none of its keys here', async (name, service, path) => {
  const policy = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
  await using kit = await startCountersign({ policy })
  kit.upstream(path.split('/')[1] ?? '').answer({ status: 200 })
  expect((await kit.fetch(service, path)).status).toBe(200)
})
