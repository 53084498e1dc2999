// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FaultProxy,
  startFaultProxy,
  startTestIssuer,
  startTokenEndpoint,
  type TestIssuer,
  type TestTokenEndpoint,
} from '@countersign/testkit'
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts'
import { type MarkedUpstream, startMarkedUpstream } from './marked-upstream.ts'
import { issuesScopedTokens } from './scoped-tokens.ts'

/** Names of the upstreams. */
export const upstreamNames = ['a', 'b', 'c'] as const
/** One of them. */
export type UpstreamName = (typeof upstreamNames)[number]

/** An upstream and its token endpoint, each behind a connection on which things can go wrong. */
export interface Supplier {
  readonly upstream: MarkedUpstream
  readonly api: FaultProxy
  readonly tokens: TestTokenEndpoint
  readonly tokenApi: FaultProxy
}

/** Everything around a gateway that a campaign is run against. */
export interface World extends AsyncDisposable {
  readonly folder: string
  readonly issuer: TestIssuer
  readonly keys: FaultProxy
  readonly suppliers: Readonly<Record<UpstreamName, Supplier>>
  /** Key of the audit chain. */
  readonly auditKey: string
  /** Keys of the account store, in Base64. */
  readonly storeKeys: Readonly<Record<StoreKey, string>>
  /** Writes the configuration; `active` is the store's key. Replaces the file as a whole. */
  configure(active: StoreKey): void
  start(): Promise<GatewayProcess>
}

/** Ids of the store's keys. */
export type StoreKey = 'one' | 'two'

const operations = {
  'items.read': { route: 'GET /items/{id}', scopes: ['read'] },
  'items.create': { route: 'POST /items', scopes: ['write'] },
  'items.remove': { route: 'DELETE /items/{id}', scopes: ['admin'] },
}

/** Starts issuer, upstreams, token endpoints and what stands between them and a gateway. */
export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'torture-'))
  const issuer = await startTestIssuer()
  const keys = await startFaultProxy(issuer.issuer)
  const [a, b, c] = await Promise.all([startSupplier('a'), startSupplier('b'), startSupplier('c')])
  const suppliers = { a, b, c }
  const auditKey = randomBytes(24).toString('hex')
  const storeKeys = { one: randomBytes(32).toString('base64'), two: randomBytes(32).toString('base64') }
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('audit.key', auditKey)
  write('client.secret', 'client-secret')
  write('one.key', storeKeys.one)
  write('two.key', storeKeys.two)

  function configure(active: StoreKey): void {
    const upstreams = Object.fromEntries(
      upstreamNames.map((name) => [name, upstreamOf(name, suppliers[name])]),
    )
    const config = {
      gateway: {
        audience: issuer.audience,
        listen: '127.0.0.1:0',
        audit: {
          file: './audit.jsonl',
          required: true,
          key: '${file:./audit.key}',
          max_bytes: 1024 * 1024,
        },
        store: {
          file: './accounts.json',
          keys: { one: '${file:./one.key}', two: '${file:./two.key}' },
          active,
        },
      },
      issuers: { cluster: { kind: 'jwt', issuer: issuer.issuer, jwks: `${keys.url}/jwks` } },
      upstreams,
      services,
    }
    write('next.tmp', JSON.stringify(config))
    renameSync(join(folder, 'next.tmp'), join(folder, 'countersign.yaml'))
  }
  configure('one')
  return {
    folder,
    issuer,
    keys,
    suppliers,
    auditKey,
    storeKeys,
    configure,
    start: () => startGateway(join(folder, 'countersign.yaml')),
    async [Symbol.asyncDispose]() {
      const servers = Object.values(suppliers).flatMap((supplier) => Object.values(supplier))
      await Promise.all([...servers, issuer, keys].map((server) => server.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startSupplier(name: UpstreamName): Promise<Supplier> {
  const upstream = await startMarkedUpstream(name)
  const tokens = await startTokenEndpoint()
  tokens.always(issuesScopedTokens(tokens, 20))
  return {
    upstream,
    api: await startFaultProxy(upstream.url),
    tokens,
    tokenApi: await startFaultProxy(new URL(tokens.url).origin),
  }
}

function upstreamOf(name: UpstreamName, { api, tokenApi }: Supplier): object {
  return {
    url: api.url,
    token: { endpoint: `${tokenApi.url}/oauth2/token`, audience: name },
    credential: { client_id: `gateway-at-${name}`, client_secret: '${file:./client.secret}' },
    timeouts: { connect: '3s', first_byte: '5s', idle: '3s', total: '15s' },
    limits: { concurrency: 64, queue: 256, wait: '3s' },
    breaker: { failures: 10, pause: '1s' },
    operations,
  }
}

/** Who may do what; `traffic.ts` says the same in its own words. */
const services = {
  reader: {
    identities: [{ issuer: 'cluster', subject: 'reader' }],
    allow: [
      { upstream: 'a', operations: ['items.read'] },
      { upstream: 'b', operations: ['items.read', 'items.create'] },
    ],
  },
  writer: {
    identities: [{ issuer: 'cluster', subject: 'writer' }],
    allow: [
      { upstream: 'a', operations: ['items.create'], when: 'request.body.kind == "good"' },
      { upstream: 'c', operations: ['items.read'] },
    ],
  },
  owner: {
    identities: [{ issuer: 'cluster', subject: 'owner' }],
    allow: [{ upstream: 'c', operations: ['items.*'] }],
  },
}
