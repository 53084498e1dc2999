import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault, type Identity, parseStrictJson } from '@countersign/auth-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionsPolicy } from '../../test/support/decisions-policy.ts'
import { policyConfig } from '../../test/support/policy-config.ts'
import { createTokenSearch } from '../edge/stray-token.ts'
import { Entry } from '../entry.ts'
import { createTargetFinder } from '../exchange/find-target.ts'
import { createGateway } from '../gateway.ts'
import { metadataDocuments } from '../metadata/documents.ts'
import { openAuditLog } from '../record/file-audit-log.ts'
import { createMetrics } from '../record/metrics.ts'
import { createRouteTable } from '../route/route-table.ts'
import { createDecisionPoint } from './decision-point.ts'
import type { EvaluationAnswer } from './evaluation.ts'
import { parseEvaluation } from './parse-evaluation.ts'

const config = policyConfig(decisionsPolicy)
const decisions = createDecisionPoint(config, Date.now)
const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
const audit = openAuditLog({ file: join(folder, 'audit.jsonl'), required: true, onLost: () => {} })
const agent = new Agent({ keepAlive: true })

/** The proxy's own steps up to its verdict, with identities by name in place of signed tokens. */
const gateway = createGateway({
  isInForce: () => true,
  verify: ({ token = '' }): Identity => ({
    issuer: 'login',
    subject: token,
    claims: { tenant: 'acme' },
    expiresAt: Infinity,
  }),
  holdsToken: createTokenSearch([...config.issuers.values()].map(({ issuer }) => issuer)),
  policy: config.policy,
  limiter: { take: async () => ({ allowed: true, remaining: 1, resetSeconds: 1 }) },
  routes: createRouteTable(
    [...config.upstreams.values()].map(({ name, operations }) => ({ name, operations, basePath: '' })),
    'gateway.internal',
  ),
  targets: new Map(),
  findTarget: createTargetFinder([], undefined),
  metadata: metadataDocuments({ url: undefined, issuers: [], exchanges: false }),
  audit,
  metrics: createMetrics(),
  report: () => {},
})
let server: Server

beforeAll(async () => {
  server = createServer(async (req, res) => {
    const entry = new Entry(req, res)
    try {
      const caller = await gateway.identify(req)
      await gateway.authorize(entry, caller, gateway.route(req, caller))
      res.end()
    } catch (error) {
      res.writeHead(error instanceof Fault ? 403 : 500).end(String(error))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => {
  agent.destroy()
  server.close()
  audit.close()
  rmSync(folder, { recursive: true })
})

interface Case {
  readonly who: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: unknown
}

async function proxyAllows({ who, method, path, query, headers, body }: Case): Promise<boolean> {
  const bytes = body === undefined ? undefined : JSON.stringify(body)
  const { port } = server.address() as AddressInfo
  const outgoing = request({
    agent,
    port,
    host: '127.0.0.1',
    method,
    path: path + query,
    headers: {
      authorization: `Bearer ${who}`,
      ...(bytes !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(bytes),
      }),
      ...headers,
    },
  })
  outgoing.end(bytes)
  const [res] = await once(outgoing, 'response')
  res.resume()
  await once(res, 'end')
  expect(res.statusCode).toBeOneOf([200, 403])
  return res.statusCode === 200
}

function ask(question: object): EvaluationAnswer {
  return decisions.evaluate(parseEvaluation(parseStrictJson(JSON.stringify(question))))
}

const segment = fc.constantFrom(
  ...[
    'accounts',
    'accounts',
    '42',
    '42',
    'me',
    'members',
    'u1',
    'u2',
    '',
    '..',
    '.',
    '%2e%2e',
    'a%2Fb',
    'acc%6funts',
  ],
  ...['%zz', '%2534', 'x;y', '{id}', '~', '*', 'caf%C3%A9', '%00', '4%32', 'ACCOUNTS', '%E2%80%A4'],
)
const likely = fc.constantFrom(
  '/accounts',
  '/accounts/42',
  '/accounts/me',
  '/accounts/42/members',
  '/accounts/',
  '/a/b',
)
const path = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('/u1', '/u1', '/u2'), likely).map((parts) => parts.join('')),
  },
  fc
    .tuple(fc.constantFrom('u1', 'u1', 'u2', 'U1', 'u%31', 'u3', ''), fc.array(segment, { maxLength: 4 }))
    .map(([upstream, rest]) => `/${[upstream, ...rest].join('/')}`),
)
const someCase: fc.Arbitrary<Case> = fc.record({
  who: fc.constantFrom('all', 'all', 'some', 'some', 'watched', 'nobody'),
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
  path,
  query: fc.constantFrom(
    ...['', '', '?role=viewer', '?role=owner', '?role=viewer&role=owner', '?Role=viewer', '?role[]=viewer'],
    ...['?role=viewer;x=1', '?role=%zz', '?_method=DELETE', '?access_token=x', '?ro%6ce=viewer', '?'],
  ),
  headers: fc.constantFrom<Case['headers']>(
    ...[
      {},
      {},
      { 'x-team': 'red' },
      { 'X-Team': 'red' },
      { 'x-team': 'red, blue' },
      { 'x-team': ['red', 'red'] },
    ],
    ...[{ 'content-type': 'text/plain' }, { 'content-encoding': 'gzip' }],
  ),
  body: fc.oneof(
    fc.constantFrom(undefined, { role: 'viewer' }, { role: 'owner' }, { role: 'viewer', Role: 'owner' }, []),
    fc.constantFrom({ role: 2 ** 60 }, { role: ['viewer'] }, 'viewer', null, {
      role: 'viewer',
      note: 'x'.repeat(300_000),
    }),
    fc.json().map((text) => JSON.parse(text)),
  ),
})

describe('the decision API and the proxy', () => {
  it('agree on every request', async () => {
    let allowed = 0
    await fc.assert(
      fc.asyncProperty(someCase, async (each) => {
        const proxied = await proxyAllows(each)
        if (proxied) allowed += 1
        const { headers, body } = each
        const { decision } = ask({
          subject: {
            type: 'identity',
            id: each.who,
            properties: { issuer: 'login', claims: { tenant: 'acme' } },
          },
          action: { name: each.method },
          resource: { type: 'route', id: each.path + each.query },
          context: body === undefined ? { headers } : { headers, body },
        })
        expect(decision).toBe(proxied)
      }),
      { numRuns: 2000 },
    )
    expect(allowed).toBeGreaterThan(100)
  })
})

describe('a question', () => {
  const subject = { type: 'service', id: 'some' }
  const route = (id: string) => ({ type: 'route', id })

  it('about a service is answered with the rule, its place and the token', () => {
    const resource = { type: 'operation', id: 'u1/members.add', properties: { path: { id: '42' } } }
    const question = {
      subject,
      action: { name: 'members.add' },
      resource,
      context: { body: { role: 'viewer' } },
    }
    expect(ask(question)).toMatchObject({
      decision: true,
      context: {
        reason_admin: {
          en: 'some allow[2] allows it.',
          rule: { label: 'some allow[2]', position: expect.stringMatching(/countersign\.yaml:\d+:\d+$/) },
          token: { scopes: ['write'] },
        },
      },
    })
    expect(ask({ ...question, context: { body: { role: 'owner' } } })).toMatchObject({
      decision: false,
      context: {
        reason_admin: { closest: { label: 'some allow[2]', misfit: expect.stringContaining('is false') } },
      },
    })
  })

  it('without a path value that a rule reads is answered with no', () => {
    const resource = { type: 'operation', id: 'u1/accounts.get' }
    const action = { name: 'GET' }
    expect(ask({ subject, action, resource })).toMatchObject({
      decision: false,
      context: { reason_admin: { en: 'a rule reads request.path.id: give it in resource.properties.path' } },
    })
    expect(ask({ subject: { type: 'service', id: 'all' }, action, resource }).decision).toBe(true)
    expect(
      ask({ subject, action, resource: { ...resource, properties: { path: { id: 42 } } } }).decision,
    ).toBe(true)
  })

  it('about an operation is not answered for another one that its values lead to', () => {
    const resource = { type: 'operation', id: 'u1/accounts.get', properties: { path: { id: 'me' } } }
    expect(ask({ subject: { type: 'service', id: 'all' }, action: { name: 'GET' }, resource })).toMatchObject(
      {
        decision: false,
        context: { reason_admin: { en: 'a request with these values is accounts.me' } },
      },
    )
  })

  it.each(['..', 'a/b', 'x/../y', '%2e%2e', '\u0000'])('with the path value %j goes nowhere else', (id) => {
    const resource = { type: 'operation', id: 'u1/accounts.remove', properties: { path: { id } } }
    const answer = ask({ subject: { type: 'service', id: 'all' }, action: { name: 'DELETE' }, resource })
    expect(answer).toMatchObject({
      decision: false,
      context: { reason_admin: { code: 'request.malformed' } },
    })
  })

  it('may name the operation in its action', () => {
    const resource = route('/u1/accounts')
    const context = { query: { role: 'viewer' } }
    expect(ask({ subject, action: { name: 'accounts.list' }, resource, context }).decision).toBe(true)
    expect(ask({ subject, action: { name: 'accounts.get' }, resource, context }).decision).toBe(false)
  })

  it.each([
    ['an unknown service', { subject: { type: 'service', id: 'none' } }],
    ['__proto__ for a service', { subject: { type: 'service', id: '__proto__' } }],
    ['a subject of another type', { subject: { type: 'user', id: 'some' } }],
    ['an identity without an issuer', { subject: { type: 'identity', id: 'all' } }],
    ['claims that are no object', { subject: { type: 'service', id: 'all', properties: { claims: [] } } }],
    ['a resource of another type', { resource: { type: 'account', id: '42' } }],
    ['an unknown operation', { resource: { type: 'operation', id: 'u1/accounts.got' } }],
    ['an operation without upstream', { resource: { type: 'operation', id: 'accounts.list' } }],
    ['two queries', { resource: route('/u1/accounts?a=b'), context: { query: 'c=d' } }],
    ['a method in lower case', { action: { name: 'get' } }],
  ])('is answered with no for %s', (_what, change) => {
    const yes = {
      subject: { type: 'service', id: 'all' },
      action: { name: 'GET' },
      resource: route('/u1/accounts'),
    }
    expect(ask(yes).decision).toBe(true)
    expect(ask({ ...yes, ...change }).decision).toBe(false)
  })
})
