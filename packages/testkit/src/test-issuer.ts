import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { CompactSign, type JWK } from 'jose'
import { listenOnLoopback } from './loopback-server.ts'
import { answersJson, answersStatus } from './mood.ts'
import { createScriptedEndpoint, type ScriptedEndpoint } from './scripted-endpoint.ts'
import { createSigningKey, type SigningKey } from './signing-key.ts'

/** What a test issuer is like; everything has a default. */
export interface TestIssuerOptions {
  /** `iss` of its tokens and of its discovery document. Default: the address it listens on. */
  readonly issuer?: string
  /** `aud` of its tokens. Default `https://gateway.internal`. */
  readonly audience?: string
  /** One key each; the first is the one `sign` uses when not told otherwise. */
  readonly algorithms?: readonly [string, ...string[]]
  /** Where `iat` and `exp` come from. Default: the system clock. */
  readonly clock?: { now(): number }
  /** Certificate and key in PEM: then it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Departures from the token that the issuer would sign on its own. */
export interface SignOptions {
  /** Signs with the issuer's key of this algorithm. */
  readonly alg?: string
  /** Laid over the protected header `{ alg, kid, typ: 'JWT' }`; `undefined` removes a member. */
  readonly header?: Record<string, unknown>
  /** Signs with this key instead: one that was rotated away, or one that was never published. */
  readonly key?: SigningKey
}

/** A real issuer of JSON Web Tokens with discovery document and key set over HTTP. */
export interface TestIssuer extends AsyncDisposable {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  readonly discoveryUri: string
  /** Requests for the key set, and its mood. */
  readonly jwks: ScriptedEndpoint
  /** Requests for the discovery document, and its mood. */
  readonly discovery: ScriptedEndpoint
  /** The current key of `alg` (default: the first). Throws `TypeError` for an algorithm it was not started with. */
  key(alg?: string): SigningKey
  /** The public keys as the key set lists them at the moment; edit or replace the list to publish others. */
  published: JWK[]
  /**
   * Signs a token: `iss`, `aud`, `sub: svc-a`, `iat` now and `exp` in five minutes, with `claims` laid over
   * them; a claim set to `undefined` is left out. For what no library would sign, see `forgeToken`.
   */
  sign(claims?: Record<string, unknown>, options?: SignOptions): Promise<string>
  /** Replaces every key by a new one, with a new `kid`. With `keep` the old ones stay published. */
  rotate(options?: { readonly keep?: boolean }): Promise<void>
  close(): Promise<void>
}

/** Starts an issuer on a free loopback port. */
export async function startTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const algorithms = options.algorithms ?? ['ES256', 'RS256', 'EdDSA']
  let keys = await createKeys(algorithms)
  const jwks = createScriptedEndpoint((response, request) =>
    answersJson({ keys: testIssuer.published })(response, request),
  )
  const discovery = createScriptedEndpoint((response, request) =>
    answersJson({ issuer: testIssuer.issuer, jwks_uri: testIssuer.jwksUri })(response, request),
  )
  const handle = route(jwks, discovery)
  const { tls } = options
  const server = await listenOnLoopback(tls ? createTlsServer(tls, handle) : createServer(handle))
  const origin = `${tls ? 'https' : 'http'}://${server.authority}`

  const testIssuer: TestIssuer = {
    issuer: options.issuer ?? origin,
    audience: options.audience ?? 'https://gateway.internal',
    jwksUri: `${origin}/jwks`,
    discoveryUri: `${origin}/.well-known/openid-configuration`,
    jwks,
    discovery,
    published: [...keys.values()].map((key) => key.publicJwk),
    key(alg = algorithms[0]) {
      const key = keys.get(alg)
      if (key === undefined) throw new TypeError(`this test issuer has no key for ${alg}`)
      return key
    },
    async sign(claims = {}, { alg, header, key = testIssuer.key(alg) } = {}) {
      const now = Math.floor((options.clock ?? Date).now() / 1000)
      const { issuer: iss, audience: aud } = testIssuer
      const payload = JSON.stringify({ iss, aud, sub: 'svc-a', iat: now, exp: now + 300, ...claims })
      return await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
        .sign(key.privateKey)
    },
    async rotate({ keep = false } = {}) {
      const old = keep ? testIssuer.published : []
      keys = await createKeys(algorithms)
      testIssuer.published = [...[...keys.values()].map((key) => key.publicJwk), ...old]
    },
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  }
  return testIssuer
}

async function createKeys(algorithms: readonly string[]): Promise<Map<string, SigningKey>> {
  const keys = await Promise.all(algorithms.map((alg) => createSigningKey(alg)))
  return new Map(keys.map((key) => [key.alg, key]))
}

function route(jwks: ScriptedEndpoint, discovery: ScriptedEndpoint) {
  const routes = new Map([
    ['/jwks', jwks],
    ['/.well-known/openid-configuration', discovery],
  ])
  const nothing = createScriptedEndpoint(answersStatus(404))
  return (...[request, response]: Parameters<ScriptedEndpoint['handle']>) =>
    (routes.get(request.url ?? '') ?? nothing).handle(request, response)
}
