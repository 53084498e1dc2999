import { createHash } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import {
  createSigningKey,
  createTestAuthority,
  type IssuedCertificate,
  rsaPublicKey,
  type SignOptions,
  serverAuth,
} from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { bare } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { openWorkloads, shownToken, type Workloads } from '../support/workloads.ts'

let world: Workloads
shareWorld(
  () => openWorkloads(),
  (opened) => {
    world = opened
  },
)

/** One case: who calls, by token, certificate or both, and what comes of it. */
interface Row {
  readonly name: string
  readonly token?: () => Promise<string>
  readonly certificate?: () => Promise<IssuedCertificate>
  /** Further lines of the request. */
  readonly fields?: readonly string[]
  /** `u1` is what `svc-a` may call, `u2` is for `svc-b`. Default `u1`. */
  readonly upstream?: 'u1' | 'u2'
  /** With its question mark. */
  readonly query?: string
  readonly status: number
  readonly code?: string
  /** In the record's `detail`. */
  readonly detail?: RegExp
}

async function run(row: Row): Promise<void> {
  const { stage, trust } = world
  const check = await beginCase(stage)
  const token = row.token && stage.caller.remember(await row.token())
  const certificate = await row.certificate?.()
  const tls: ConnectionOptions = {
    ...trust,
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
  }
  const credential = token === undefined ? [] : [`Authorization: Bearer ${token}`]
  const target = `GET /${row.upstream ?? 'u1'}/public/x${row.query ?? ''}`
  const { responses } = await stage.caller.send(bare(target, ...credential, ...(row.fields ?? [])), { tls })
  const [answer] = responses
  expect(answer?.status).toBe(row.status)
  if (row.code !== undefined) expect(JSON.parse(answer?.text ?? '{}').code).toBe(row.code)
  const line = stage.audit().find(({ request_id: id }) => id === answer?.header('x-request-id'))
  if (row.detail) expect(line?.detail).toMatch(row.detail)
  await check({ responses, authorised: row.status === 200 ? 1 : 0 })
}

const good = { status: 200 }
const refused = { status: 401, code: 'identity.refused' }
const stranger = { status: 403, code: 'policy.refused' }

const jwt = (claims: Record<string, unknown>, options?: SignOptions) => () =>
  world.stage.issuer.sign(claims, options)
const kinds: readonly Row[] = [
  ...[undefined, 'JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT'].map(
    (typ): Row => ({ name: `A14 typ ${typ}`, token: jwt({}, { header: { typ } }), ...good }),
  ),
  ...['wit+jwt', 'txntoken+jwt', 'dpop+jwt', 'logout+jwt', 'secevent+jwt', 'JOSE', 'id+jwt', '', 1, null].map(
    (typ): Row => ({
      name: `A14 typ ${JSON.stringify(typ)}`,
      token: jwt({}, { header: { typ } }),
      ...refused,
    }),
  ),
  ...[{ nonce: 'n' }, { at_hash: 'h' }, { c_hash: 'h' }, { events: {} }].map(
    (claims): Row => ({ name: `A14 with ${JSON.stringify(claims)}`, token: jwt(claims), ...refused }),
  ),
  { name: 'A14 an ID token, for its client', token: jwt({ aud: 'client-1', nonce: 'n' }), ...refused },
  {
    name: 'A16 five segments',
    token: async () => `${await world.stage.issuer.sign()}.x.y`,
    status: 401,
    code: 'identity.malformed',
  },
]

const kubernetes: readonly Row[] = [
  { name: 'C36 a projected token of the account', token: () => world.accountToken(), ...good },
  {
    name: 'C36 a legacy token by its issuer',
    token: () => world.accountToken({ iss: 'kubernetes/serviceaccount', aud: undefined, exp: undefined }),
    status: 401,
    code: 'identity.untrusted-issuer',
  },
  {
    name: 'C36 a legacy token by its claims',
    token: () =>
      world.accountToken({ 'kubernetes.io': undefined, 'kubernetes.io/serviceaccount/namespace': 'prod' }),
    ...refused,
    detail: /legacy/,
  },
  { name: 'C36 without audience', token: () => world.accountToken({ aud: undefined }), ...refused },
  { name: 'C36 without end', token: () => world.accountToken({ exp: undefined }), ...refused },
  {
    name: 'C36 for the API server, living a year',
    token: () => world.accountToken({ exp: Math.floor(Date.now() / 1000) + 365 * 86_400 }),
    ...refused,
    detail: /lives longer/,
  },
  {
    name: 'C36 another namespace in the claims',
    token: () => world.accountToken({}, { namespace: 'other' }),
    ...refused,
    detail: /another service account/,
  },
  {
    name: 'C36 another name in the claims',
    token: () => world.accountToken({}, { serviceaccount: { name: 'other', uid: 'x' } }),
    ...refused,
  },
  {
    name: 'C36 without uid',
    token: () => world.accountToken({}, { serviceaccount: { name: 'api' } }),
    ...refused,
  },
  ...[[], 'prod', null].map(
    (claims): Row => ({
      name: `C36 kubernetes.io ${JSON.stringify(claims)}`,
      token: () => world.accountToken({ 'kubernetes.io': claims }),
      ...refused,
    }),
  ),
  { name: 'C36 pinned by uid: the right one', token: () => pinned(), ...good },
  { name: 'C36 pinned by uid: the same name, made anew', token: () => pinned('other-uid'), ...stranger },
  { name: 'C36 typ at+jwt', token: () => typed('at+jwt'), ...refused },
  { name: 'C36 typ JWT', token: () => typed('JWT'), ...good },
  {
    name: 'C36 an algorithm that no API server signs with',
    token: () => world.accountToken({}, {}, { alg: 'PS256' }),
    ...refused,
  },
  ...['api-evil', 'api:x', 'api ', 'Api', 'ap*', 'api/x', ''].map(
    (name): Row => ({
      name: `C37 system:serviceaccount:prod:${JSON.stringify(name)} is not api`,
      token: () => account('prod', name),
      status: /^[a-z-]+$/.test(name) ? 403 : 401,
    }),
  ),
  ...['Prod', 'prod-evil', 'xprod', 'prod:prod'].map(
    (namespace): Row => ({
      name: `C37 system:serviceaccount:${namespace}:api is not prod's`,
      token: () => account(namespace, 'api'),
      status: /^[a-z-]+$/.test(namespace) ? 403 : 401,
    }),
  ),
]

function pinned(uid?: string): Promise<string> {
  const serviceaccount = { name: 'pinned', uid: uid ?? '8d2b1a6e-3c1d-4f0e-9a57-0c8f3d1f9a11' }
  return world.accountToken({ sub: 'system:serviceaccount:prod:pinned' }, { serviceaccount })
}

function typed(typ: string): Promise<string> {
  return world.accountToken({}, {}, { alg: 'RS256', header: { typ } })
}

function account(namespace: string, name: string): Promise<string> {
  const bound = { namespace, serviceaccount: { name, uid: 'u' } }
  return world.accountToken({ sub: `system:serviceaccount:${namespace}:${name}` }, bound)
}

const badIds = [
  '/a/../b',
  '//admin',
  '/admin/',
  '/%2e',
  '/./admin',
  '',
  '?x',
  '/admin?x',
  '/admin#x',
  `/${'a'.repeat(2049)}`,
]
const tokens: readonly Row[] = [
  { name: 'C38 a JWT-SVID, its key beside authorities', token: () => world.td.svidToken('/admin'), ...good },
  { name: 'C38 of a federated trust domain', token: () => world.other.svidToken('/admin'), ...good },
  {
    name: 'C38 whatever its iss',
    token: () => world.td.svidToken('/admin', { iss: world.stage.issuer.issuer }),
    ...good,
  },
  {
    name: 'C39 signed by another trust domain’s key',
    token: () => world.td.svidToken('/x', { sub: 'spiffe://other.example/admin' }),
    ...refused,
  },
  {
    name: 'C39 of a trust domain that nobody configured',
    token: () => world.td.svidToken('/x', { sub: 'spiffe://td.example.evil/admin' }),
    status: 401,
    code: 'identity.untrusted-issuer',
  },
  ...badIds.map(
    (path): Row => ({
      name: `C39 sub spiffe://td.example${path.slice(0, 20)}`,
      token: () => world.td.svidToken(path, { iss: 'spiffe://td.example' }),
      ...refused,
    }),
  ),
  ...[
    'spiffe://TD.example/admin',
    'spiffe://td.example:443/admin',
    'spiffe://x@td.example/admin',
    'SPIFFE://td.example/admin',
  ].map(
    (sub): Row => ({
      name: `C39 sub ${sub}`,
      token: () => world.td.svidToken('', { sub, iss: 'spiffe://td.example' }),
      ...refused,
    }),
  ),
  { name: 'C40 alg EdDSA', token: () => world.td.svidToken('/admin', {}, { alg: 'EdDSA' }), ...refused },
  { name: 'C40 alg RS256', token: () => world.td.svidToken('/admin', {}, { alg: 'RS256' }), ...good },
  { name: 'C40 no aud', token: () => world.td.svidToken('/admin', { aud: undefined }), ...refused },
  { name: 'C40 no exp', token: () => world.td.svidToken('/admin', { exp: undefined }), ...refused },
  ...['foo', 'at+jwt', 'wit+jwt'].map(
    (typ): Row => ({
      name: `C40 typ ${typ}`,
      token: () => world.td.svidToken('/admin', {}, { header: { typ } }),
      ...refused,
    }),
  ),
  ...['JOSE', 'JWT', undefined].map(
    (typ): Row => ({
      name: `C40 typ ${typ}`,
      token: () => world.td.svidToken('/admin', {}, { header: { typ } }),
      ...good,
    }),
  ),
]

const github: readonly Row[] = [
  { name: 'C41 the workflow', token: () => world.runToken(), ...good },
  {
    name: 'C41 a repository whose name begins alike',
    token: () => world.runToken({ sub: 'repo:org/app-evil:ref', repository_id: '1002' }),
    ...stranger,
  },
  {
    name: 'C41 the subject that the pattern fits',
    token: () => world.runToken({ sub: 'repo:org/app:ref', repository_id: '1002' }),
    upstream: 'u2',
    ...good,
  },
  {
    name: 'C41 more behind the segment that the pattern fits',
    token: () => world.runToken({ sub: 'repo:org/app:ref:refs/heads/main', repository_id: '1002' }),
    ...stranger,
  },
  {
    name: 'C41 the same name with another id: transferred, or made anew',
    token: () => world.runToken({ repository_id: '9999' }),
    ...stranger,
  },
  { name: 'C41 an id that is a number', token: () => world.runToken({ repository_id: 1001 }), ...stranger },
  { name: 'C41 another environment', token: () => world.runToken({ environment: 'staging' }), ...stranger },
  { name: 'C41 no environment', token: () => world.runToken({ environment: undefined }), ...stranger },
  {
    name: 'C41 a pull request, by its subject',
    token: () => world.runToken({ sub: 'repo:org/app:pull_request', event_name: undefined }),
    ...stranger,
  },
  ...['pull_request', 'pull_request_target'].map(
    (event): Row => ({
      name: `C41 event ${event}, whatever its subject`,
      token: () => world.runToken({ event_name: event }),
      ...stranger,
    }),
  ),
  {
    name: 'C41 the default audience, which all workflows of an owner share',
    token: () => world.runToken({ aud: 'https://github.com/org' }),
    ...refused,
  },
  {
    name: 'C41 two services that one run fits',
    token: () => world.runToken({ repository_id: '1003', workflow: 'release' }),
    status: 403,
    code: 'identity.ambiguous',
    detail: /svc-a, svc-b/,
  },
  {
    name: 'C41 of which one run fits the first only',
    token: () => world.runToken({ repository_id: '1003', workflow: 'release', environment: 'x' }),
    ...good,
  },
  {
    name: 'C41 typ at+jwt',
    token: () => world.github.sign({ repository_id: '1001' }, { header: { typ: 'at+jwt' } }),
    ...refused,
  },
]

const evil = 'spiffe://td.example/evil, URI:spiffe://td.example/admin'
const uri = (...values: string[]) => values.map((value) => ({ type: 'url', value }) as const)
const certificates: readonly Row[] = [
  { name: 'C42 an X.509-SVID', certificate: () => world.td.svid('/admin'), ...good },
  {
    name: 'C42 an X.509-SVID through an intermediate authority',
    certificate: async () => {
      const below = await world.td.authority.subordinate({ pathLength: 0 })
      return below.issue({ alternativeNames: uri('spiffe://td.example/admin') })
    },
    ...good,
  },
  {
    name: 'C42 of a federated trust domain',
    certificate: () => world.other.svid('/admin'),
    ...good,
  },
  {
    name: 'C42 an X.509-SVID, and in the query a token that an upstream may know',
    certificate: () => world.td.svid('/admin'),
    query: '?acces%73_token=x',
    status: 400,
    code: 'request.malformed',
  },
  { name: 'C42 no certificate and no token', status: 401, code: 'identity.missing' },
  { name: 'C42 of a workload that no service lists', certificate: () => world.td.svid('/x'), ...stranger },
  {
    name: 'C42 expired',
    certificate: () => world.td.svid('/admin', { validFrom: -7200, validUntil: -3600 }),
    status: 401,
    code: 'identity.expired',
  },
  {
    name: 'C42 not yet valid',
    certificate: () => world.td.svid('/admin', { validFrom: 3600, validUntil: 7200 }),
    ...refused,
  },
  {
    name: 'C42 that vouches for itself',
    certificate: () => createTestAuthority({ ca: false, alternativeNames: uri('spiffe://td.example/admin') }),
    ...refused,
  },
  {
    name: 'C42 of an authority with the right name and another key',
    certificate: async () => {
      const forged = await createTestAuthority({ name: 'CN=td.example' })
      return forged.issue({ alternativeNames: uri('spiffe://td.example/admin') })
    },
    ...refused,
  },
  {
    name: 'C42 of another trust domain’s authority',
    certificate: () => world.other.authority.issue({ alternativeNames: uri('spiffe://td.example/admin') }),
    ...refused,
  },
  {
    name: 'C42 of the authority of client certificates, which vouches for no workload',
    certificate: () => world.clientAuthority.issue({ alternativeNames: uri('spiffe://td.example/admin') }),
    ...refused,
  },
  {
    name: 'C42 for servers only',
    certificate: () => world.td.svid('/admin', { extendedKeyUsage: [serverAuth] }),
    ...refused,
  },
  { name: 'C42 CA:TRUE', certificate: () => world.td.svid('/admin', { ca: true }), ...refused },
  { name: 'C42 keyCertSign', certificate: () => world.td.svid('/admin', { keyUsage: 1 | 32 }), ...refused },
  { name: 'C42 cRLSign', certificate: () => world.td.svid('/admin', { keyUsage: 1 | 64 }), ...refused },
  {
    name: 'C42 with a critical extension that is not understood',
    certificate: () => world.td.svid('/admin', { unknownExtensions: ['1.3.6.1.4.1.99999.1'] }),
    ...refused,
  },
  { name: 'C42 no URI', certificate: () => world.td.svid('', { alternativeNames: [] }), ...refused },
  {
    name: 'C42 two URIs',
    certificate: () =>
      world.td.svid('', { alternativeNames: uri('spiffe://td.example/admin', 'spiffe://td.example/x') }),
    ...refused,
  },
  {
    name: 'C42 two URIs, one of them no SPIFFE ID',
    certificate: () =>
      world.td.svid('', { alternativeNames: uri('https://x.example', 'spiffe://td.example/admin') }),
    ...refused,
  },
  { name: 'C42 a URI without path', certificate: () => world.td.svid(''), ...refused },
  {
    name: 'C42 below a workload that poses as an authority',
    certificate: async () => {
      const posing = await world.td.authority.subordinate({ ca: false, keyUsage: 1 })
      return posing.issue({ alternativeNames: uri('spiffe://td.example/admin') })
    },
    ...refused,
  },
  {
    name: 'C42 further below than its authority allows',
    certificate: async () => {
      const below = await world.td.authority.subordinate({ pathLength: 0 })
      const further = await below.subordinate()
      return further.issue({ alternativeNames: uri('spiffe://td.example/admin') })
    },
    ...refused,
  },
  {
    name: 'C42 a bad certificate beside a good token',
    token: () => world.stage.caller.token(),
    certificate: () => world.td.svid('/admin', { ca: true }),
    ...refused,
  },
  {
    name: 'C43 a comma inside the URI',
    certificate: () => world.td.svid('', { alternativeNames: uri(evil) }),
    ...refused,
  },
  {
    name: 'C44 the id as common name',
    certificate: () => world.td.svid('', { name: 'CN=spiffe://td.example/admin', alternativeNames: [] }),
    ...refused,
  },
  {
    name: 'C44 the id as DNS name',
    certificate: () =>
      world.td.svid('', { alternativeNames: [{ type: 'dns', value: 'spiffe://td.example/admin' }] }),
    ...refused,
  },
  ...[
    'X-Forwarded-Client-Cert: URI=spiffe://td.example/admin',
    'X-SSL-Client-S-DN: CN=admin',
    'X-Client-Cert: MII',
    'Client-Cert: :MII=:',
  ].map(
    (field): Row => ({
      name: `C45 ${field.slice(0, 24)}: nobody's proof`,
      fields: [field],
      status: 401,
      code: 'identity.missing',
    }),
  ),
]

const both: readonly Row[] = [
  {
    name: 'C46 another service’s token over an SVID',
    token: () => world.td.svidToken('/ns/prod/b'),
    certificate: () => world.td.svid('/admin'),
    ...refused,
    detail: /two identities/,
  },
  {
    name: 'C46 another issuer’s token of the same service over an SVID',
    token: () => world.stage.caller.token(),
    certificate: () => world.td.svid('/admin'),
    ...refused,
  },
  {
    name: 'C46 token and SVID of one identity',
    token: () => world.td.svidToken('/admin'),
    certificate: () => world.td.svid('/admin'),
    ...good,
  },
  {
    name: 'C46 a plain token over a certificate that names no workload',
    token: () => world.stage.caller.token(),
    certificate: () => world.clientAuthority.issue(),
    ...good,
  },
  {
    name: 'C46 such a certificate without a token',
    certificate: () => world.clientAuthority.issue(),
    status: 401,
    code: 'identity.missing',
  },
]

describe.each([
  ['kinds of token', kinds],
  ['Kubernetes', kubernetes],
  ['JWT-SVIDs', tokens],
  ['GitHub Actions', github],
  ['X.509-SVIDs', certificates],
  ['both at once', both],
])('%s', (_kind, rows) => {
  it.each(rows)('$name', run)
})

describe('certificates that anybody may send, a hundred requests over one connection each', () => {
  it('C42 intermediate authorities whose keys are costly to verify with cost nothing', async () => {
    const root = await createTestAuthority({ name: 'CN=forged root' })
    // One that did sign comes first: OpenSSL takes it, and looks at none of the others.
    const forged = await root.subordinate({ name: 'CN=forged', rsaBits: 3072 })
    const costly = { name: 'CN=forged', publicKey: rsaPublicKey(3072, 3064) }
    const above = await Promise.all(Array.from({ length: 7 }, () => root.subordinate(costly)))
    await expectCheap(await forged.issue({ alternativeNames: uri('spiffe://td.example/admin') }), above)
  })

  it('C42 names by the thousand cost nothing, with a certificate behind them that cannot be read', async () => {
    const forged = await createTestAuthority({ name: 'CN=forged' })
    const names = uri(...Array.from({ length: 500 }, (_, at) => `spiffe://td.example/${at}`))
    const long = await Promise.all(Array.from({ length: 6 }, () => forged.issue({ alternativeNames: names })))
    const twice = ['1.3.6.1.4.1.99999.1', '1.3.6.1.4.1.99999.1']
    const unreadable = await forged.issue({ unknownExtensions: twice })
    await expectCheap(await forged.issue(), [...long, unreadable])
  })

  async function expectCheap({ cert, key }: IssuedCertificate, above: readonly IssuedCertificate[]) {
    const { stage, trust } = world
    const check = await beginCase(stage)
    const chain = [cert, ...above.map((authority) => authority.cert)].join('\n')
    const cpuSeconds = async () =>
      Number(/^process_cpu_seconds_total (\S+)/m.exec(await stage.metrics())?.[1])
    const near = await stage.caller.connect({ tls: { ...trust, cert: chain, key } })
    const methods = Array<string>(100).fill('GET')
    const before = await cpuSeconds()
    await near.write(bare('GET /u1/public/x').repeat(methods.length))
    const { responses } = stage.caller.keep(await near.read(methods))
    const spent = (await cpuSeconds()) - before
    await near.close()
    expect(responses.map(({ status }) => status)).toEqual(methods.map(() => 401))
    expect(spent).toBeLessThan(3)
    await check({ responses, authorised: 0 })
  }
})

/** RFC 8705 3.1. */
function thumbprintOf({ der }: IssuedCertificate): string {
  return createHash('sha256').update(der).digest('base64url')
}

describe('A15 a token that is bound to a certificate', () => {
  const bindings = ['right', 'other', 'none'] as const
  it('serves over the connection of that certificate, from memory as well, and over no other', async () => {
    const { stage, trust, clientAuthority } = world
    const check = await beginCase(stage)
    const [right, other] = [await clientAuthority.issue(), await clientAuthority.issue()]
    const thumbprint = thumbprintOf(right)
    const token = await stage.caller.token({ cnf: { 'x5t#S256': thumbprint } })
    const bytes = bare('GET /u1/public/x', `Authorization: Bearer ${token}`)
    const tls = {
      right: { ...trust, cert: right.cert, key: right.key },
      other: { ...trust, cert: other.cert, key: other.key },
      none: trust,
    }
    const responses = []
    // The first of each has to be verified, the second is remembered.
    for (const shown of [...bindings, ...bindings]) {
      responses.push(...(await stage.caller.send(bytes, { tls: tls[shown] })).responses)
    }
    expect(responses.map(({ status }) => status)).toEqual([200, 401, 401, 200, 401, 401])
    await check({ responses, authorised: 2 })
  })

  it('over an SVID of another identity serves as well: the binding is what its issuer wanted', async () => {
    const { stage, trust, td } = world
    const check = await beginCase(stage)
    const svid = await td.svid('/x')
    const thumbprint = thumbprintOf(svid)
    const token = await stage.caller.token({ cnf: { 'x5t#S256': thumbprint } })
    const tls = { ...trust, cert: svid.cert, key: svid.key }
    const bytes = bare('GET /u1/public/x', `Authorization: Bearer ${token}`)
    const { responses } = await stage.caller.send(bytes, { tls })
    expect(responses.map(({ status }) => status)).toEqual([200])
    await check({ responses, authorised: 1 })
  })

  it.each([
    { jkt: 'x' },
    { jwk: {} },
    { 'x5t#S256': 1 },
    { 'x5t#S256': 'x', jkt: 'y' },
    {},
    null,
    'x5t#S256',
  ])('is refused with cnf %j', async (cnf) => {
    await run({ name: '', token: () => world.stage.caller.token({ cnf }), ...refused })
  })
})

describe('what changes while the gateway runs', () => {
  it('C38 an empty bundle revokes everything, tokens and certificates of live connections alike', async () => {
    const { stage, other, trust } = world
    const check = await beginCase(stage)
    const svid = await other.svid('/admin')
    const live = await stage.caller.connect({ tls: { ...trust, cert: svid.cert, key: svid.key } })
    const token = stage.caller.remember(await other.svidToken('/admin'))
    const byToken = bare('GET /u1/public/x', `Authorization: Bearer ${token}`)
    const { published, authorities } = { published: other.issuer.published, authorities: other.authorities }
    const responses: Awaited<ReturnType<typeof stage.caller.send>>['responses'][number][] = []
    let asked = 0
    async function statuses(): Promise<unknown[]> {
      asked += 1
      await live.write(bare('GET /u1/public/x'))
      const first = (await live.read(Array(asked).fill('GET'))).responses.at(-1)
      const [second] = (await stage.caller.send(byToken)).responses
      if (first && second) responses.push(first, second)
      return [first?.status, second?.status]
    }
    expect(await statuses()).toEqual([200, 200])
    other.issuer.published = []
    other.authorities = []
    await expect.poll(statuses, { interval: 200 }).toEqual([401, 401])
    other.issuer.published = published
    other.authorities = authorities
    await expect.poll(statuses, { interval: 200 }).toEqual([200, 200])
    await live.close()
    await check({ responses, authorised: responses.length })
  })

  it('C38 keys and authorities with another use, or none, are ignored', async () => {
    const { stage, other } = world
    const check = await beginCase(stage)
    const stranger = await createSigningKey('ES256')
    const { use: _use, ...withoutUse } = stranger.publicJwk
    other.issuer.published = [...other.issuer.published, stranger.publicJwk, withoutUse]
    const token = stage.caller.remember(await other.svidToken('/admin', {}, { key: stranger }))
    const bytes = bare('GET /u1/public/x', `Authorization: Bearer ${token}`)
    const responses: Awaited<ReturnType<typeof stage.caller.send>>['responses'][number][] = []
    async function status(): Promise<unknown> {
      responses.push(...(await stage.caller.send(bytes)).responses)
      return responses.at(-1)?.status
    }
    other.issuer.jwks.forget()
    async function statusWhenAsked(): Promise<unknown> {
      const answered = await status()
      return other.issuer.jwks.count > 1 ? answered : 'not asked yet'
    }
    await expect.poll(statusWhenAsked, { interval: 200 }).toBe(401)
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([401]))
    // The same key under the right use: it was the use, and nothing else.
    other.issuer.published = [...other.issuer.published, { ...withoutUse, use: 'jwt-svid' }]
    await expect.poll(status, { interval: 200 }).toBe(200)
    await check({ responses, authorised: 1 })
  })

  it('C46 a session is never resumed, so that an authority that left the bundle is asked about again', async () => {
    const { stage, trust, td } = world
    const check = await beginCase(stage)
    const svid = await td.svid('/admin')
    const tls = { ...trust, cert: svid.cert, key: svid.key }
    const first = await stage.caller.connect({ tls })
    const sessions: Buffer[] = []
    first.socket.on('session', (session: Buffer) => sessions.push(session))
    await first.write(bare('GET /u1/public/x'))
    const { responses } = await first.read(['GET'])
    await first.close()
    expect(responses[0]?.status).toBe(200)
    td.authorities = [await createTestAuthority({ name: 'CN=td.example' })]
    const [session] = sessions
    const again = async () => {
      const exchange = await stage.caller.send(bare('GET /u1/public/x'), {
        tls: { ...tls, ...(session && { session }) },
      })
      all.push(...exchange.responses)
      return exchange.responses[0]?.status
    }
    const all = [...responses]
    await expect.poll(again, { interval: 200 }).toBe(401)
    td.authorities = [td.authority]
    await expect.poll(again, { interval: 200 }).toBe(200)
    await check({ responses: all, authorised: all.length })
  })

  it('C36 the key set is asked for with the token of the moment, behind the cluster’s own authority', async () => {
    const { stage, cluster, renewToken } = world
    await run({ name: '', token: () => world.accountToken(), ...good })
    expect(shownToken(cluster)).toBe('Bearer first-token')
    renewToken('second-token')
    await cluster.rotate()
    await run({ name: '', token: () => world.accountToken(), ...good })
    expect(shownToken(cluster)).toBe('Bearer second-token')
    expect(stage.gateway.stderr()).not.toContain('second-token')
  })
})
