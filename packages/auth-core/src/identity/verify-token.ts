import type { Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import type { Certificate } from './certificate.ts'
import { checkBinding, checkClaims, checkTime, type TokenClaims } from './check-claims.ts'
import { checkHeader } from './check-header.ts'
import { type CompactJws, parseCompactJws } from './compact-jws.ts'
import type { Identity } from './identity.ts'
import type { Issuer } from './issuer.ts'
import { quoted } from './quoted.ts'
import { parseSpiffeId } from './spiffe-id.ts'
import { TwoGenerations } from './two-generations.ts'
import { verifySignature } from './verify-signature.ts'

/** Turns a caller's token into an identity. */
export interface TokenVerifier {
  /**
   * The identity that the token proves: at once when the same token was verified before and everything that
   * time and the key set can change still holds, else a promise. Faults are thrown or rejected alike; `await` it.
   *
   * @param certificate of the connection that the token came over, for tokens that are bound to one (RFC 8705 3)
   * @throws {Fault} `identity.malformed`, `identity.untrusted-issuer`, `identity.expired`, `identity.refused`,
   * `identity.keys-unavailable`, `gateway.exhausted`
   */
  verify(token: string, certificate?: Pick<Certificate, 'thumbprint'>): Identity | Promise<Identity>
  /** For probes and metrics: the state of each issuer's keys. */
  readonly issuers: readonly Issuer[]
}

/** What tokens are judged against. */
export interface TokenVerifierOptions {
  /** The gateway's own name, which `aud` must contain to the byte. */
  readonly audience: string
  readonly issuers: readonly Issuer[]
  readonly clock: Clock
  /** Tokens of up to 1 KiB remembered at least; twice as many at most: 10,000. A longer one takes the room of several. */
  readonly rememberTokens?: number
}

/**
 * The length of a token that takes one place, in characters. With its claims it holds five times as much, and a workload
 * may have a say in how long its tokens are.
 */
const usualLength = 1024

/**
 * Makes a verifier for the tokens of these issuers.
 *
 * @throws {TypeError} an empty audience, or two issuers that sign under one `iss`
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  return new RememberingVerifier(options)
}

/** A token that verified, with what has to hold each time it is used again. */
interface Remembered extends TokenClaims {
  readonly identity: Identity
  readonly issuer: Issuer
  readonly keyId: string
}

class RememberingVerifier implements TokenVerifier {
  readonly issuers: readonly Issuer[]
  readonly #audience: string
  readonly #clock: Clock
  readonly #byIss: ReadonlyMap<string, Issuer>
  /**
   * Keyed by the token as it came. It never leaves this memory, where the request holds it anyway; a digest
   * would cost three times the look-up and keep no secret from anyone who can read the memory.
   */
  readonly #remembered: TwoGenerations<Remembered>
  readonly #flights = new Map<string, Promise<Remembered>>()

  constructor({ audience, issuers, clock, rememberTokens = 10_000 }: TokenVerifierOptions) {
    if (audience === '') throw new TypeError('the audience must not be empty')
    this.issuers = issuers
    this.#audience = audience
    this.#clock = clock
    this.#byIss = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
    if (this.#byIss.size < issuers.length) throw new TypeError('two issuers sign under the same iss')
    this.#remembered = new TwoGenerations(rememberTokens)
  }

  verify(token: string, certificate?: Pick<Certificate, 'thumbprint'>): Identity | Promise<Identity> {
    const known = this.#remembered.get(token)
    if (known?.issuer.keys.holds(known.keyId)) {
      checkTime(known, known.issuer, this.#clock.now())
      checkBinding(known, known.issuer, certificate)
      known.issuer.keys.refreshIfDue()
      return known.identity
    }
    return this.#verifyOnce(token, certificate)
  }

  /** Whoever shows the same token meanwhile waits for the same verdict; the connection is each one's own. */
  async #verifyOnce(token: string, certificate?: Pick<Certificate, 'thumbprint'>): Promise<Identity> {
    const verified = await (this.#flights.get(token) ?? this.#launch(token))
    checkBinding(verified, verified.issuer, certificate)
    return verified.identity
  }

  #launch(token: string): Promise<Remembered> {
    const flight = this.#verifyAfresh(token).finally(() => this.#flights.delete(token))
    this.#flights.set(token, flight)
    return flight
  }

  /** Everything that costs nothing is judged before a signature is verified or a key set asked for. */
  async #verifyAfresh(token: string): Promise<Remembered> {
    const jws = parseCompactJws(token)
    const issuer = this.#issuerOf(jws)
    const header = checkHeader(jws.header, issuer)
    const now = this.#clock.now()
    const claims = checkClaims(jws.claims, { issuer, audience: this.#audience, now })
    checkTime(claims, issuer, now)
    const key = await verifySignature(jws, header, issuer)
    // Keys may have been waited for.
    checkTime(claims, issuer, this.#clock.now())
    const { subject, expiresAt } = claims
    const identity = Object.freeze({ issuer: issuer.name, subject, claims: jws.claims, expiresAt })
    const remembered = { ...claims, identity, issuer, keyId: key.id }
    this.#remembered.set(token, remembered, Math.max(1, token.length / usualLength))
    return remembered
  }

  /** A JWT-SVID is judged by its subject's trust domain, whatever `iss` says (JWT-SVID 3); all others by `iss`. */
  #issuerOf({ claims: { iss, sub } }: CompactJws): Issuer {
    const trustDomain = typeof sub === 'string' ? parseSpiffeId(sub)?.trustDomain : undefined
    const issuer =
      (trustDomain === undefined ? undefined : this.#byIss.get(`spiffe://${trustDomain}`)) ??
      (typeof iss === 'string' ? this.#byIss.get(iss) : undefined)
    if (issuer !== undefined) return issuer
    const signer = iss ?? (trustDomain && `spiffe://${trustDomain}`)
    const named = typeof signer === 'string' ? quoted(signer) : 'no string'
    throw new Fault('identity.untrusted-issuer', { detail: `no configured issuer signs as ${named}` })
  }
}
