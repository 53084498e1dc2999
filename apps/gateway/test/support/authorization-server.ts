import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose'
import type {
  Adapter,
  AdapterPayload,
  ClientMetadata,
  Configuration,
  KoaContextWithOIDC,
  JWK as ProviderKey,
} from 'oidc-provider'
import type { Certificate } from './certificate.ts'
import { commonNameOf } from './certificate-authority.ts'

/** What an {@link AuthorizationServer} trusts. */
export interface AuthorizationServerOptions {
  readonly certificate: Certificate
  /** Authority of client certificates, in PEM. */
  readonly ca: string
  /** Seconds that tokens live. */
  readonly lifetimeSeconds: number
  /** Keys of those whose tokens are exchanged. */
  readonly subjectKeys: () => readonly JWK[]
  /** Keys of the platform whose tokens stand for the client `workload`. */
  readonly platformKeys: () => readonly JWK[]
}

/** A real authorization server, oidc-provider behind TLS, whose clients a test may change at any time. */
export interface AuthorizationServer extends AsyncDisposable {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** By id. A change is in force with the next request. */
  readonly clients: Map<string, ClientMetadata>
  /** Forms of all token requests so far, with the certificate's common name and the answer's status. */
  readonly asked: AskedToken[]
}

/** One token request as it arrived. */
export interface AskedToken {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
  readonly certificate: string | undefined
  status: number
}

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Starts one on a free port of 127.0.0.1. */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const clients = new Map<string, ClientMetadata>()
  const asked: AskedToken[] = []
  const federation = await createFederation(options)
  let handle: RequestListener = (_req, res) => void res.writeHead(503).end()
  const server = createServer(
    { ...options.certificate, ca: options.ca, requestCert: true, rejectUnauthorized: false },
    (req, res) => void serve(req, res).catch(() => res.destroy()),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const peer = (req.socket as TLSSocket).getPeerX509Certificate()
      const entry = {
        form,
        authorization: req.headers.authorization,
        certificate: peer && commonNameOf(peer),
        status: 0,
      }
      asked.push(entry)
      res.once('finish', () => {
        entry.status = res.statusCode
      })
      const known = await federation.admit(new URLSearchParams(form), issuer)
      Object.assign(req, { body: Object.fromEntries(known) })
    }
    handle(req, res)
  }
  handle = await createProvider(issuer, { ...options, clients, federation })
  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    clients,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Federation = Awaited<ReturnType<typeof createFederation>>

/**
 * Workload identity federation, which oidc-provider leaves to others: an assertion that the platform signed for
 * this server stands for the client `workload`. Anything else is left as it is, to be refused or not.
 */
async function createFederation({ platformKeys }: AuthorizationServerOptions) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  async function admit(form: URLSearchParams, audience: string): Promise<URLSearchParams> {
    const assertion = form.get('client_assertion')
    if (assertion === null || !isOf('https://platform.example', assertion)) return form
    try {
      const keys = createLocalJWKSet({ keys: [...platformKeys()] })
      await jwtVerify(assertion, keys, { audience, subject: 'system:serviceaccount:edge:gateway' })
      const own = new SignJWT()
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer('workload')
        .setSubject('workload')
      const stated = own
        .setAudience(audience)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
      form.set('client_assertion', await stated.sign(privateKey))
      form.set('client_assertion_type', jwtBearer)
      form.set('client_id', 'workload')
    } catch {
      form.set('client_id', 'workload')
    }
    return form
  }
  const jwk: JWK = { ...(await exportJWK(publicKey)), use: 'sig', alg: 'ES256' }
  return { admit, jwk }
}

function isOf(issuer: string, token: string): boolean {
  try {
    return decodeJwt(token).iss === issuer
  } catch {
    return false
  }
}

interface ProviderParts extends AuthorizationServerOptions {
  readonly clients: ReadonlyMap<string, ClientMetadata>
  readonly federation: Federation
}

async function createProvider(issuer: string, parts: ProviderParts): Promise<RequestListener> {
  const { Provider, errors } = await loadQuietly()
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' } as ProviderKey
  const provider = new Provider(issuer, configuration(parts, key))
  provider.registerGrantType(
    exchange,
    async function exchangeToken(ctx: KoaContextWithOIDC) {
      const { subject_token: subject } = ctx.oidc.params ?? {}
      const keys = createLocalJWKSet({ keys: [...parts.subjectKeys()] })
      const verified = await jwtVerify(String(subject), keys).catch(() => undefined)
      if (!verified || !ctx.oidc.client) throw new errors.InvalidGrant('the subject token is not accepted')
      const token = new provider.ClientCredentials({
        client: ctx.oidc.client,
        scope: String(ctx.oidc.params?.scope),
      })
      ctx.body = {
        access_token: await token.save(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: token.expiration,
        scope: token.scope,
      }
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope'],
  )
  return provider.callback()
}

function configuration(parts: ProviderParts, key: ProviderKey): Configuration {
  const peer = (ctx: KoaContextWithOIDC) => (ctx.socket as TLSSocket).getPeerX509Certificate()
  return {
    adapter: (model: string) => storeOf(model, parts),
    jwks: { keys: [key] },
    scopes: ['read', 'write'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth'],
    enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'] },
    ttl: { ClientCredentials: parts.lifetimeSeconds },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        certificateBoundAccessTokens: true,
        getCertificate: (ctx) => peer(ctx)?.toString(),
        certificateAuthorized: (ctx) => (ctx.socket as TLSSocket).authorized,
        certificateSubjectMatches(ctx, _property, expected) {
          const certificate = peer(ctx)
          return certificate !== undefined && `CN=${commonNameOf(certificate)}` === expected
        },
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'read write',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: parts.lifetimeSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  }
}

/** Clients are the test's; of the rest only what was used once is kept, so that no assertion is taken twice. */
function storeOf(model: string, { clients, federation }: ProviderParts): Adapter {
  const kept = new Map<string, AdapterPayload>()
  return {
    async upsert(id, payload) {
      if (model === 'ReplayDetection') kept.set(id, payload)
    },
    async find(id) {
      const client = clients.get(id)
      if (model !== 'Client' || client === undefined) return kept.get(id)
      const federated = id === 'workload' ? { jwks: { keys: [federation.jwk] } } : {}
      return { response_types: [], redirect_uris: [], ...client, ...federated } as AdapterPayload
    },
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  }
}

/** Without its remarks on the runtime and on a body that was read before it. */
async function loadQuietly(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!/Unsupported runtime|already parsed/.test(String(words[0]))) warn(...words)
  }
  return await import('oidc-provider')
}
