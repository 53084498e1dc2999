import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  answersJson,
  answersStatus,
  type CertificateOptions,
  createTestAuthority,
  fieldValues,
  type IssuedCertificate,
  type SignOptions,
  startTestIssuer,
  type TestAuthority,
  type TestIssuer,
} from '@countersign/testkit'
import { openStage, type Stage } from './stage.ts'

/** Workloads of every kind around a gateway that speaks TLS: who signs for them, and what they are called there. */
export interface Workloads extends AsyncDisposable {
  readonly stage: Stage
  /** A cluster whose key set is behind its own authority, and asks for the token that `renewToken` wrote last. */
  readonly cluster: TestIssuer
  readonly github: TestIssuer
  /** The trust domains `td.example` and `other.example`; keys and authorities are what `bundles` publish. */
  readonly td: TrustDomain
  readonly other: TrustDomain
  /** Vouches for certificates that tokens are bound to, and for no workload. */
  readonly clientAuthority: TestAuthority
  /** What a client of the gateway trusts. */
  readonly trust: { readonly ca: string }
  /** A service-account token of `prod`/`api`. */
  accountToken(change?: object, bound?: object, options?: SignOptions): Promise<string>
  /** A token of a run of the workflow that is `svc-a`. */
  runToken(change?: object): Promise<string>
  /** Rotates the token that the cluster's key set asks for, by swapping a link as the kubelet does. */
  renewToken(text: string): void
}

/** A trust domain: its SPIFFE bundle over HTTP, and its authority. */
export interface TrustDomain {
  readonly issuer: TestIssuer
  readonly authority: TestAuthority
  /** What else stands in the bundle beside the keys for JWT-SVIDs. */
  authorities: TestAuthority[]
  svidToken(path: string, change?: object, options?: SignOptions): Promise<string>
  svid(path: string, options?: CertificateOptions): Promise<IssuedCertificate>
}

const uid = '8d2b1a6e-3c1d-4f0e-9a57-0c8f3d1f9a11'
const run = { repository_id: '1001', environment: 'production' }

/** Starts them all. `svc-a` and `svc-b` of the usual stage are recognised by each kind. */
export async function openWorkloads(): Promise<Workloads> {
  const authority = await createTestAuthority()
  const address = { type: 'ip', value: '127.0.0.1' } as const
  const server = await authority.issue({ alternativeNames: [address] })
  const clientAuthority = await createTestAuthority({ name: 'CN=clients' })
  const cluster = await startTestIssuer({ algorithms: ['RS256', 'ES256', 'PS256'], tls: server })
  const github = await startTestIssuer({ algorithms: ['RS256', 'ES256'] })
  const td = await startTrustDomain('td.example')
  const other = await startTrustDomain('other.example')
  const mounted = createMounted('first-token')
  cluster.jwks.always((response, request) => {
    const isKnown = request.headers.authorization === `Bearer ${mounted.current()}`
    const answer = isKnown ? answersJson({ keys: cluster.published }) : answersStatus(401)
    answer(response, request)
  })
  const stage = await openStage({
    tls: { ca: authority.cert },
    files: {
      'tls.crt': server.cert,
      'tls.key': server.key,
      'cluster-ca.crt': authority.cert,
      'client-ca.crt': clientAuthority.cert,
    },
    adapt({ gateway, issuers, services }) {
      gateway.tls = { cert: './tls.crt', key: './tls.key', client_ca: './client-ca.crt' }
      const reach = { ca: './cluster-ca.crt', token_file: mounted.file }
      const keys = { fresh_for: '1s', stale_for: '2s' }
      Object.assign(issuers, {
        kube: { kind: 'kubernetes', issuer: cluster.issuer, jwks: cluster.jwksUri, ...reach, ...keys },
        td: { kind: 'spiffe', trust_domain: 'td.example', bundle: td.issuer.jwksUri },
        other: { kind: 'spiffe', trust_domain: 'other.example', bundle: other.issuer.jwksUri },
        github: { kind: 'github-actions', issuer: github.issuer, jwks: github.jwksUri },
      })
      identitiesOf(services, 'svc-a').push(
        { issuer: 'kube', subject: 'system:serviceaccount:prod:api' },
        { issuer: 'kube', subject: 'system:serviceaccount:prod:pinned', uid },
        { issuer: 'td', subject: 'spiffe://td.example/admin' },
        { issuer: 'other', subject: 'spiffe://other.example/admin' },
        { issuer: 'github', claims: run },
        { issuer: 'github', claims: { repository_id: '1003', workflow: 'release' } },
      )
      identitiesOf(services, 'svc-b').push(
        { issuer: 'td', subject: 'spiffe://td.example/ns/*/b' },
        { issuer: 'github', subject: 'repo:org/app:*', claims: { repository_id: '1002' } },
        { issuer: 'github', claims: { repository_id: '1003', environment: 'production' } },
      )
    },
  })
  return {
    stage,
    cluster,
    github,
    td,
    other,
    clientAuthority,
    trust: { ca: authority.cert },
    async accountToken(change = {}, bound = {}, options = { alg: 'RS256', header: { typ: undefined } }) {
      const account = { namespace: 'prod', serviceaccount: { name: 'api', uid }, ...bound }
      const aud = [cluster.audience]
      const sub = 'system:serviceaccount:prod:api'
      return cluster.sign({ sub, aud, 'kubernetes.io': account, ...change }, options)
    },
    runToken: (change = {}) =>
      github.sign({ sub: 'repo:org/app:environment:production', event_name: 'push', ...run, ...change }),
    renewToken: mounted.renew,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      await Promise.all([cluster, github, td.issuer, other.issuer].map((issuer) => issuer.close()))
      mounted.remove()
    },
  }
}

/** The token as the gateway showed it. */
export function shownToken(cluster: TestIssuer): string | undefined {
  return fieldValues(cluster.jwks.requests.at(-1)?.headers ?? [], 'authorization')[0]
}

async function startTrustDomain(name: string): Promise<TrustDomain> {
  const issuer = await startTestIssuer({ algorithms: ['ES256', 'RS256', 'EdDSA'] })
  const authority = await createTestAuthority({ name: `CN=${name}` })
  issuer.published = issuer.published.map((key) => ({ ...key, use: 'jwt-svid' }))
  const domain: TrustDomain = {
    issuer,
    authority,
    authorities: [authority],
    svidToken: (path, change = {}, options = {}) =>
      issuer.sign({ iss: undefined, sub: `spiffe://${name}${path}`, ...change }, options),
    svid: (path, options = {}) =>
      authority.issue({ alternativeNames: [{ type: 'url', value: `spiffe://${name}${path}` }], ...options }),
  }
  issuer.jwks.always((response, request) => {
    const entries = domain.authorities.map(({ der }) => ({
      use: 'x509-svid',
      kty: 'EC',
      x5c: [der.toString('base64')],
    }))
    answersJson({ keys: [...issuer.published, ...entries], spiffe_refresh_hint: 1 })(response, request)
  })
  return domain
}

/** A file behind a link to a folder, as a mounted volume has it. */
function createMounted(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mount-'))
  let latest = text
  let version = 0
  function renew(next: string): void {
    version += 1
    mkdirSync(join(folder, `v${version}`))
    writeFileSync(join(folder, `v${version}`, 'token'), next)
    symlinkSync(`v${version}`, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    latest = next
  }
  renew(text)
  symlinkSync('..data/token', join(folder, 'token'))
  const remove = () => rmSync(folder, { recursive: true })
  return { file: join(folder, 'token'), current: () => latest, renew, remove }
}

function identitiesOf(services: Record<string, unknown>, name: string): object[] {
  return (services[name] as { identities: object[] }).identities
}
