// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestIssuer, type TestIssuer } from '@countersign/testkit'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts'
import { type CertificateAuthority, createCertificateAuthority } from './certificate-authority.ts'
import { type CertificateBoundApi, startCertificateBoundApi } from './certificate-bound-api.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'

/** A gateway in front of a real authorization server, with a credential of every kind. */
export interface CredentialStage extends GatewayProcess, AsyncDisposable {
  readonly authority: CertificateAuthority
  readonly server: AuthorizationServer
  readonly api: CertificateBoundApi
  readonly issuer: TestIssuer
  readonly platform: TestIssuer
  /** Replaces a file beside the configuration as a whole, as a mounted secret is. */
  replace(name: string, content: string): void
  /** A new projected token of the gateway. */
  platformToken(claims?: Record<string, unknown>): Promise<string>
  /** A call of `svc-a`. */
  call(path: string, token?: string): Promise<Response>
  metrics(): Promise<string>
}

/** What a kind of credential is at both ends: in the gateway's configuration and at the server. */
interface Kind {
  readonly token: Record<string, unknown>
  readonly credential: Record<string, string>
  readonly client: Partial<ClientMetadata>
}

const pem = { type: 'pkcs8', format: 'pem' } as const
const resource = 'https://api.example/'

/** A key as the gateway's file and as the server's key set. */
export interface KeyAtBothEnds {
  readonly pem: string
  readonly jwks: { readonly keys: object[] }
}

/** A new key for an algorithm; its id is its thumbprint (RFC 7638). */
export async function newKey(algorithm: string): Promise<KeyAtBothEnds> {
  const { privateKey, publicKey } = keyPair(algorithm)
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return {
    pem: privateKey.export(pem) as string,
    jwks: { keys: [{ ...jwk, kid, use: 'sig', alg: algorithm }] },
  }
}

function keyPair(algorithm: string): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** By upstream, which is also the client's id. */
const kinds: Readonly<Record<string, Kind>> = {
  basic: {
    token: { client_auth: 'client_secret_basic' },
    credential: { client_secret: '${file:./basic.secret}' },
    client: { client_secret: 'first-secret', token_endpoint_auth_method: 'client_secret_basic' },
  },
  ...Object.fromEntries(
    ['ES256', 'RS256', 'PS256', 'EdDSA'].map((algorithm) => [
      algorithm.toLowerCase(),
      {
        token: { client_auth: 'private_key_jwt' },
        credential: { private_key: `\${file:./${algorithm}.pem}`, algorithm },
        client: { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: algorithm },
      },
    ]),
  ),
  certified: {
    token: { client_auth: 'tls_client_auth' },
    credential: { certificate: '${file:./client.crt}', certificate_key: '${file:./client.key}' },
    client: {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=gateway',
      tls_client_certificate_bound_access_tokens: true,
    },
  },
  workload: {
    token: { client_auth: 'workload_jwt' },
    credential: { workload_token: '${file:./workload.jwt}' },
    client: { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
  },
}

/** Starts everything. @param lifetimeSeconds of tokens */
export async function openCredentialStage(lifetimeSeconds = 600): Promise<CredentialStage> {
  const authority = await createCertificateAuthority()
  const issuer = await startTestIssuer()
  const platform = await startTestIssuer({ issuer: 'https://platform.example', algorithms: ['ES256'] })
  const certificate = await authority.issue('localhost')
  const server = await startAuthorizationServer({
    ...{ certificate, ca: authority.cert, lifetimeSeconds },
    subjectKeys: () => issuer.published,
    platformKeys: () => platform.published,
  })
  const api = await startCertificateBoundApi(certificate, authority.cert)
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  function replace(name: string, content: string): void {
    writeFileSync(join(folder, `.${name}.new`), content)
    renameSync(join(folder, `.${name}.new`), join(folder, name))
  }
  const platformToken = (claims: Record<string, unknown> = {}) =>
    platform.sign({
      sub: 'system:serviceaccount:edge:gateway',
      aud: server.issuer,
      jti: crypto.randomUUID(),
      ...claims,
    })

  const keys: Record<string, KeyAtBothEnds> = {}
  for (const name of ['ES256', 'RS256', 'PS256', 'EdDSA']) keys[name] = await newKey(name)
  for (const [name, key] of Object.entries(keys)) replace(`${name}.pem`, key.pem)
  for (const [id, { client }] of Object.entries(kinds)) {
    const jwks = keys[String(client.token_endpoint_auth_signing_alg)]?.jwks
    const own = {
      client_id: id,
      grant_types: ['client_credentials'],
      scope: 'read write',
      ...(jwks && { jwks }),
    }
    server.clients.set(id, { ...own, ...client } as ClientMetadata)
  }
  server.clients.set('exchanger', exchanger)
  const client = await authority.issue('gateway')
  replace('client.crt', client.cert)
  replace('client.key', client.key)
  replace('basic.secret', 'first-secret')
  replace('exchange.secret', 'exchange-secret')
  replace('workload.jwt', await platformToken())
  replace('ca.pem', authority.cert)
  replace('countersign.yaml', JSON.stringify(configuration(server, api, issuer), null, 2))
  const running = await startGateway(join(folder, 'countersign.yaml'), {
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  })
  const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 3600 })
  return {
    ...running,
    ...{ authority, server, api, issuer, platform, replace, platformToken },
    call: (path, bearer = token) =>
      fetch(`http://127.0.0.1:${running.port}${path}`, { headers: { authorization: `Bearer ${bearer}` } }),
    metrics: async () => (await fetch(`${running.admin}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      await running.gateway.close()
      await Promise.all([
        server[Symbol.asyncDispose](),
        api[Symbol.asyncDispose](),
        issuer.close(),
        platform.close(),
      ])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const exchanger = {
  client_id: 'exchanger',
  client_secret: 'exchange-secret',
  grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'read write',
} as ClientMetadata

function configuration(server: AuthorizationServer, api: CertificateBoundApi, issuer: TestIssuer): object {
  const operations = {
    'things.read': { route: 'GET /things/{id}', scopes: ['read'] },
    'things.write': { route: 'GET /written/{id}', scopes: ['write'] },
    'others.read': { route: 'GET /others/{id}', scopes: ['read'], resource: 'https://other.example/' },
  }
  const upstreams: Record<string, object> = {}
  for (const [id, { token, credential }] of Object.entries(kinds)) {
    const named = id === 'workload' ? credential : { client_id: id, ...credential }
    upstreams[id] = {
      url: api.url,
      // The other side of each connection is this process, which has more to do.
      timeouts: { connect: '30s', first_byte: '30s', total: '60s' },
      token: { issuer: server.issuer, resource, timeouts: { connect: '30s', total: '30s' }, ...token },
      credential: named,
      operations,
    }
  }
  upstreams.exchanger = {
    url: api.url,
    token: { issuer: server.issuer, grant_type: 'token_exchange', audience: 'https://api.example' },
    credential: { client_id: 'exchanger', client_secret: '${file:./exchange.secret}' },
    operations: { 'things.read': operations['things.read'] },
  }
  return {
    gateway: { audience: issuer.audience, listen: '127.0.0.1:0', audit: { file: './audit.jsonl' } },
    issuers: { cluster: { kind: 'jwt', issuer: issuer.issuer, jwks: issuer.jwksUri } },
    upstreams,
    services: {
      'svc-a': {
        identities: ['svc-a', 'svc-b'].map((subject) => ({ issuer: 'cluster', subject })),
        allow: Object.keys(upstreams).flatMap((upstream) =>
          upstream === 'exchanger'
            ? [{ upstream, operations: ['things.read'] }]
            : [['things.read'], ['things.write'], ['others.read']].map((allowed) => ({
                upstream,
                operations: allowed,
              })),
        ),
      },
    },
  }
}
