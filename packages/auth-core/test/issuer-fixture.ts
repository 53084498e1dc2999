import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JWK } from 'jose'
import type { Fetch } from '../src/fetch.ts'
import { createIssuer, type Issuer, type IssuerOptions } from '../src/identity/issuer.ts'
import { createTokenVerifier, type TokenVerifier } from '../src/identity/verify-token.ts'

export const audience = 'https://gateway.test'
export const issuerUrl = 'https://issuer.test'
export const jwksUrl = `${issuerUrl}/jwks`
/** Where every test's clock stands at first, in seconds. */
export const start = 1_800_000_000

/** A clock turned by hand. */
export class ManualClock {
  ms = start * 1000
  now(): number {
    return this.ms
  }
  advance(seconds: number): void {
    this.ms += seconds * 1000
  }
}

/** A key pair of an issuer with the entry that publishes it. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly jwk: JWK
}

export function rsaKey(kid: string, options: { bits?: number; exponent?: number } = {}): SigningKey {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: options.bits ?? 2048,
    publicExponent: options.exponent ?? 65537,
  })
  return published(pair, kid)
}

export function ecKey(kid: string, namedCurve = 'P-256'): SigningKey {
  return published(generateKeyPairSync('ec', { namedCurve }), kid)
}

export function edKey(kid: string): SigningKey {
  return published(generateKeyPairSync('ed25519'), kid)
}

function published(pair: { publicKey: KeyObject; privateKey: KeyObject }, kid: string): SigningKey {
  return { privateKey: pair.privateKey, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid } }
}

/** Claims that are accepted, changed by `change`; `undefined` takes a member away. */
export function goodClaims(change: Record<string, unknown> = {}): Record<string, unknown> {
  const claims = { iss: issuerUrl, sub: 'svc-a', aud: audience, iat: start, exp: start + 3600 }
  return { ...claims, ...change }
}

/** Signs with ES256 whatever it is told to: text as it is, everything else as JSON. */
export function forge(key: SigningKey, header: unknown, claims: unknown): string {
  return forgeWith(header, claims, (input) =>
    sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }),
  )
}

export function forgeWith(header: unknown, claims: unknown, signer: (input: string) => Buffer): string {
  const input = `${segment(header)}.${segment(claims)}`
  return `${input}.${signer(input).toString('base64url')}`
}

function segment(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** A token that is accepted, but for `change`. */
export function token(key: SigningKey, change: Record<string, unknown> = {}, header: object = {}): string {
  return forge(key, { alg: 'ES256', kid: key.jwk.kid, ...header }, goodClaims(change))
}

/** The network as a table of addresses; counts who was asked. */
export class Network {
  readonly asked: string[] = []
  readonly answers = new Map<string, () => Response | Promise<Response>>()

  readonly fetch: Fetch = async (url) => {
    this.asked.push(url)
    const answer = this.answers.get(url)
    if (answer === undefined) throw new TypeError('no such host')
    return answer()
  }

  serve(url: string, body: unknown): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    this.answers.set(url, () => new Response(text))
  }

  publish(...keys: SigningKey[]): void {
    this.serve(jwksUrl, { keys: keys.map((key) => key.jwk) })
  }
}

/** A verifier with one issuer whose key set is at `jwksUrl`. */
export class World {
  readonly clock = new ManualClock()
  readonly network = new Network()

  issuer(change: Partial<IssuerOptions> = {}): Issuer {
    const options: IssuerOptions = {
      name: 'issuer',
      kind: 'jwt',
      issuer: issuerUrl,
      keys: { kind: 'url', url: jwksUrl },
      ...change,
    }
    return createIssuer(options, { clock: this.clock, fetch: this.network.fetch })
  }

  verifier(...issuers: Issuer[]): TokenVerifier {
    return createTokenVerifier({
      audience,
      issuers: issuers.length > 0 ? issuers : [this.issuer()],
      clock: this.clock,
    })
  }
}
