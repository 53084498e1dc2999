// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const env = { SECRET: 'pä ss:+%&', HOST: '127.0.0.1', TLS: 'off' }

function load(text: string) {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, text)
  return loadConfig(file, { env, presets })
}

const smallest = `
gateway: { audience: gw, listen: 127.0.0.1:8080 }
`
const whole = `
gateway:
  audience: https://gateway.internal
  listen: "[::]:8080"
  tls: \${env:TLS}
  admin: 127.0.0.1:9191
  audit: { file: audit.jsonl, required: true, key: "\${file:audit-key}" }
issuers:
  login:
    kind: jwt
    issuer: https://login.internal/
    jwks: https://login.internal/jwks?p=1
    algorithms: [ES256]
    typ: [absent, at+jwt]
    skew: 10s
    max_lifetime: 12h
    stale_for: 30m
    timeouts: { total: 30s }
upstreams:
  billing:
    url: https://api.billing.example/v1/
    token:
      endpoint: https://auth.billing.example/token
      audience: https://api.billing.example/
      parameters: { tenant: acme }
      timeouts: { connect: 5s }
      strict: true
    credential: { client_id: "id-\${env:HOST}", client_secret: "\${env:SECRET}" }
    headers: [X-Tenant-Id]
    timeouts: { connect: 500ms, total: 1m }
    operations:
      invoices.read: { route: "GET /invoices/{id}", scopes: [write, read, read] }
      invoices.find: { route: POST /invoices/find, replay: on_401 }
      invoices.refund: { route: "POST /invoices/{id}/refunds", destructive: true }
services:
  ops:
    identities: [{ issuer: login, subject: ops }]
    allow:
      - upstream: billing
        operations: [invoices.*]
`

it('needs an audience and an address, and allows nothing by itself', () => {
  const config = load(smallest)
  expect(config.gateway).toMatchObject({
    listen: { host: '127.0.0.1', port: 8080, loopback: true },
    tls: undefined,
    admin: { host: '127.0.0.1', port: 9090 },
    audit: { file: undefined, required: false, key: undefined },
    mode: 'enforce',
  })
  expect([config.issuers.size, config.upstreams.size, config.services.size]).toEqual([0, 0, 0])
})

it('makes ready values of every key', () => {
  writeFileSync(join(folder, 'audit-key'), 'k3y\n')
  const { gateway, issuers, upstreams, services } = load(whole)
  expect(gateway).toMatchObject({
    listen: { host: '::', port: 8080, loopback: false },
    tls: undefined,
    audit: { file: join(folder, 'audit.jsonl'), required: true },
  })
  expect(gateway.audit.key?.reveal()).toBe('k3y')
  expect(issuers.get('login')).toEqual({
    name: 'login',
    kind: 'jwt',
    issuer: 'https://login.internal/',
    keys: { kind: 'url', url: 'https://login.internal/jwks?p=1' },
    timeouts: { connectMs: 2_000, totalMs: 30_000 },
    algorithms: ['ES256'],
    types: [null, 'at+jwt'],
    skewSeconds: 10,
    maxLifetimeSeconds: 43_200,
    staleKeysForSeconds: 1800,
  })
  expect(upstreams.get('billing')).toMatchObject({
    url: 'https://api.billing.example/v1',
    token: {
      grantType: 'client_credentials',
      endpoint: 'https://auth.billing.example/token',
      clientAuth: 'client_secret_basic',
      body: 'form',
      audience: 'https://api.billing.example/',
      parameters: { tenant: 'acme' },
      timeouts: { connectMs: 5_000, totalMs: 10_000 },
      strict: true,
    },
    emptyScope: 'allow',
    headers: ['x-tenant-id'],
    timeouts: { connectMs: 500, firstByteMs: 30_000, idleMs: 60_000, totalMs: 60_000 },
    operations: [
      {
        name: 'invoices.read',
        method: 'GET',
        template: '/invoices/{id}',
        scopes: ['read', 'write'],
        replay: 'on_401',
        destructive: false,
      },
      { name: 'invoices.find', method: 'POST', replay: 'on_401' },
      { name: 'invoices.refund', replay: 'never', destructive: true },
    ],
  })
  expect(upstreams.get('billing')?.credential.clientId).toBe('id-127.0.0.1')
  expect(services.get('ops')).toMatchObject({
    identities: [{ issuer: 'login', subject: 'ops' }],
    allow: [
      {
        upstream: 'billing',
        operations: ['invoices.*'],
        position: `${join(folder, 'countersign.yaml')}:39:9`,
      },
    ],
  })
})

it('compiles the policy that the rules say', () => {
  writeFileSync(join(folder, 'audit-key'), 'k3y')
  const { policy, upstreams } = load(whole)
  const identity = { issuer: 'login', subject: 'ops', claims: {}, expiresAt: 0 }
  const service = policy.serviceOf(identity)
  const [rule] =
    upstreams.get('billing')?.operations.flatMap((o) => service?.rulesFor('billing', o) ?? []) ?? []
  expect(rule?.tokenRequest).toMatchObject({
    audience: 'https://api.billing.example/',
    scopes: ['read', 'write'],
  })
  expect(policy.serviceOf({ ...identity, subject: 'OPS' })).toBeUndefined()
})

describe('a preset', () => {
  const short = (more = '') => `${smallest}
upstreams:
  inbox:
    preset: inbox-manager
    credential: { client_id: x, client_secret: "\${env:SECRET}" }
${more}`

  it('fills in all but the credential', () => {
    expect(load(short()).upstreams.get('inbox')).toMatchObject({
      url: 'https://api.inbox-manager.com',
      token: {
        endpoint: 'https://auth.inbox-manager.com/oauth2/token',
        body: 'json',
        clientAuth: 'client_secret_post',
      },
    })
  })

  it('gives way to what the configuration says, and keeps the rest', () => {
    const config = load(
      short(`
    url: http://\${env:HOST}:4001
    token: { endpoint: "http://127.0.0.1:4001/oauth2/token", audience: test }
    operations:
      accounts.create-child: { route: "POST /api/accounts/{parent_id}/children" }
      accounts.export: { route: "GET /api/accounts/{account_id}/export" }
`),
    )
    const inbox = config.upstreams.get('inbox')
    const preset = presets.get('inbox-manager')
    expect(inbox).toMatchObject({
      url: 'http://127.0.0.1:4001',
      token: { endpoint: 'http://127.0.0.1:4001/oauth2/token', audience: 'test', body: 'json' },
    })
    expect(inbox?.operations).toHaveLength((preset?.operations.length ?? 0) + 1)
    expect(inbox?.operations.find(({ name }) => name === 'accounts.create-child')?.template).toBe(
      '/api/accounts/{parent_id}/children',
    )
  })
})

describe('a secret', () => {
  const withSecret = (reference: string) => `${smallest}
upstreams:
  inbox: { preset: inbox-manager, credential: { client_id: x, client_secret: "${reference}" } }
`
  const secretOf = (text: string) =>
    load(withSecret(text)).upstreams.get('inbox')?.credential.clientSecret?.reveal()

  it('arrives to the byte', () => {
    expect(secretOf('${env:SECRET}')).toBe('pä ss:+%&')
  })

  it.each([
    ['s\n', 's'],
    ['s\r\n', 's'],
    ['\ufeffs\r\n', 's'],
    ['s\ufeff', 's\ufeff'],
    ['s\n\n', 's\n'],
    [' s ', ' s '],
    ['${env:SECRET}', '${env:SECRET}'],
  ])(
    'from a file holding %j is %j: neither a byte order mark nor one line break at the end is part of it',
    (content, value) => {
      writeFileSync(join(folder, 'secret'), content)
      expect(secretOf('${file:secret}')).toBe(value)
    },
  )

  it('is nowhere to be seen in what was loaded', () => {
    const config = load(withSecret('${env:SECRET}'))
    expect(inspect(config, { depth: 20, showHidden: true })).not.toContain('pä ss')
    expect(JSON.stringify([...config.upstreams])).not.toContain('pä ss')
  })

  it('has a version that changes with it, stays with it, and does not give it away', () => {
    const versionOf = (content: string) => {
      writeFileSync(join(folder, 'secret'), content)
      return load(withSecret('${file:secret}')).upstreams.get('inbox')?.credential.version
    }
    const first = versionOf('one')
    expect(versionOf('one\n')).toBe(first)
    expect(versionOf('two')).not.toBe(first)
  })
})

it('knows $${ as a plain ${', () => {
  expect(load(smallest.replace('gw', () => '"a$${b}"')).gateway.audience).toBe('a${b}')
})

it('takes a literal beside a variable for no overlap', () => {
  const text = whole
    .replace('invoices.find: { route: POST /invoices/find,', 'invoices.find: { route: GET /invoices/find,')
    .replace('${file:audit-key}', '${env:SECRET}')
  expect(load(text).upstreams.get('billing')?.operations).toHaveLength(3)
})

it('resolves paths from the folder of the configuration, wherever the process runs', () => {
  writeFileSync(join(folder, 'keys.json'), '{"keys":[]}')
  const config = load(`${smallest}\nissuers: { login: { kind: jwt, issuer: x, jwks: "file:./keys.json" } }`)
  expect(config.issuers.get('login')?.keys).toEqual({
    kind: 'file',
    path: './keys.json',
    text: '{"keys":[]}',
  })
  expect([...config.evidence.keys()]).toEqual([join(folder, 'countersign.yaml'), join(folder, 'keys.json')])
})

it('takes time in proportion: ten thousand operations and two hundred services are no matter of seconds', () => {
  const upstreams = Array.from({ length: 20 }, (_, u) => {
    const operations = Array.from(
      { length: 500 },
      (_, o) => `      g${o % 25}.o${o}: { route: "GET /v1/r${o}/{id}/x/{y}", scopes: [s${o}] }`,
    )
    return [
      `  up-${u}:`,
      '    url: https://api.example',
      '    token: { endpoint: "https://auth.example/token" }',
      '    credential: { client_id: x, client_secret: "${env:SECRET}" }',
      '    operations:',
      ...operations,
    ].join('\n')
  })
  const services = Array.from({ length: 200 }, (_, s) =>
    [
      `  service-${s}:`,
      `    identities: [{ issuer: login, subject: "s${s}" }]`,
      `    allow: [{ upstream: up-${s % 20}, operations: [g1.*, g2.o2] }]`,
    ].join('\n'),
  )
  const text = [
    smallest,
    'issuers: { login: { kind: jwt, issuer: "https://login.internal" } }',
    'upstreams:',
    ...upstreams,
    'services:',
    ...services,
  ].join('\n')
  // Its own work, not what other tests take of the machine meanwhile.
  const start = process.threadCpuUsage()
  expect(load(text).upstreams.size).toBe(20)
  const { user, system } = process.threadCpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(5_000)
})
