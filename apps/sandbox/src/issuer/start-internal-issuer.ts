import { randomUUID } from 'node:crypto'
import express, { type Express } from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { listen } from '../listener.ts'

/** What the issuer is like; everything has a default. */
export interface InternalIssuerOptions {
  /** 0 (default): a free port. */
  readonly port?: number
  /** `aud` of every identity: the gateway's. Default `https://gateway.internal`. */
  readonly audience?: string
  /** Default 600. */
  readonly lifetimeSeconds?: number
  /** Who may have an identity. Default: any name of lower-case letters, digits and dashes. */
  readonly services?: readonly string[]
}

/** A running issuer of internal identities: in production a Kubernetes cluster or the like plays this part. */
export interface InternalIssuer extends AsyncDisposable {
  /** `iss` of its tokens, and where its discovery document hangs. */
  readonly issuer: string
  readonly jwksUri: string
  /** `POST service=<name>` as a form or JSON gives `{ access_token, token_type, expires_in }`. */
  readonly tokenEndpoint: string
  readonly audience: string
  /** The identity of a service, without the way over HTTP. */
  sign(service: string): Promise<string>
  close(): Promise<void>
}

/**
 * Starts an issuer that believes everyone: whoever names a service is handed its identity. That is why it
 * listens on the loopback interface and on nothing else.
 */
export async function startInternalIssuer(options: InternalIssuerOptions = {}): Promise<InternalIssuer> {
  const { audience = 'https://gateway.internal', lifetimeSeconds = 600, port = 0 } = options
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const kid = randomUUID()
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  let issuer = ''
  function sign(service: string): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(service)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .setJti(randomUUID())
      .sign(privateKey)
  }
  const isKnown = (name: string) =>
    options.services === undefined ? /^[a-z0-9-]{1,63}$/.test(name) : options.services.includes(name)

  const { origin, close } = await listen(port, (address) => {
    issuer = address
    const app = createDocuments(issuer, { keys: [publicJwk] })
    app.post('/token', express.urlencoded({ extended: false }), express.json(), async (req, res) => {
      const service: unknown = req.body?.service
      if (typeof service !== 'string' || !isKnown(service)) {
        res.status(400).json({ error: 'invalid_request', error_description: 'service names nobody known' })
        return
      }
      res.set('Cache-Control', 'no-store')
      res.json({ access_token: await sign(service), token_type: 'Bearer', expires_in: lifetimeSeconds })
    })
    return app
  })
  return {
    ...{ issuer: origin, jwksUri: `${origin}/jwks`, tokenEndpoint: `${origin}/token`, audience },
    ...{ sign, close, [Symbol.asyncDispose]: close },
  }
}

function createDocuments(issuer: string, keySet: object): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.get('/.well-known/openid-configuration', (_req, res) => {
    res.json({
      issuer,
      jwks_uri: `${issuer}/jwks`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    })
  })
  app.get('/jwks', (_req, res) => {
    res.json(keySet)
  })
  return app
}
