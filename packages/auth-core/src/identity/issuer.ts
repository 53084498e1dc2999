import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { type IssuerKind, type IssuerProfile, issuerProfiles } from './issuer-profile.ts'
import { createKeySet, type KeySet } from './key-set.ts'
import type { KeySource } from './key-source.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'

/** An issuer as the configuration describes it. */
export interface IssuerOptions {
  /** Its name in the configuration. */
  readonly name: string
  /** Decides the defaults of everything below, and what else its tokens must say. */
  readonly kind: IssuerKind
  /** What `iss` must say, to the byte; of kind `spiffe`, `spiffe://` and the trust domain that `sub` must be of. */
  readonly issuer: string
  readonly keys: KeySource
  /** Default: those of the kind. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /** Values of `typ` to accept, `null` for its absence. Default: those of the kind. */
  readonly types?: readonly (string | null)[]
  /** How far the issuer's clock may be off, for `exp`, `nbf` and `iat`: 30. */
  readonly skewSeconds?: number
  /** How long a token may live in all, from `iat` or, without one, from now to `exp`: 24 h. */
  readonly maxLifetimeSeconds?: number
  /** How long a key set is used before it is asked for again: 600, or what a SPIFFE bundle says itself. */
  readonly freshKeysForSeconds?: number
  /** How long a key set is used while it cannot be obtained, after its freshness: 3600. */
  readonly staleKeysForSeconds?: number
}

/** An issuer ready to verify against. It owns the cached keys: keep it while its options do not change. */
export interface Issuer {
  readonly name: string
  readonly kind: IssuerKind
  readonly issuer: string
  readonly keys: KeySet
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Normalised by {@link normalizeType}. */
  readonly types: ReadonlySet<string | null>
  readonly skewMs: number
  readonly maxLifetimeSeconds: number
  readonly flawOf: IssuerProfile['flawOf']
}

/** How an issuer's keys are reached and aged. The fetch may be its own: one that knows the cluster's CA, say. */
export interface IssuerSurroundings {
  readonly clock: Clock
  readonly fetch: Fetch
}

/**
 * Makes an issuer of its options. Nothing is fetched yet; `issuer.keys.current()` warms it up.
 *
 * @throws {TypeError} an address of its keys is not allowed
 */
export function createIssuer(options: IssuerOptions, { clock, fetch }: IssuerSurroundings): Issuer {
  const profile = issuerProfiles[options.kind]
  const algorithms = options.algorithms ?? profile.algorithms
  const { freshKeysForSeconds: fresh, staleKeysForSeconds: stale } = options
  return {
    name: options.name,
    kind: options.kind,
    issuer: options.issuer,
    algorithms,
    types: new Set((options.types ?? profile.types).map((type) => type && normalizeType(type))),
    skewMs: (options.skewSeconds ?? 30) * 1000,
    maxLifetimeSeconds: options.maxLifetimeSeconds ?? 24 * 60 * 60,
    flawOf: profile.flawOf,
    keys: createKeySet({
      issuer: options.name,
      source: options.keys,
      form: profile.keys,
      algorithms,
      clock,
      fetch,
      ...(fresh === undefined ? {} : { freshForSeconds: fresh }),
      ...(stale === undefined ? {} : { staleForSeconds: stale }),
    }),
  }
}

/** Media types compare without case, and `application/` may be left out (RFC 7515 4.1.9). */
export function normalizeType(type: string): string {
  return type.toLowerCase().replace(/^application\/(?=[^/]*$)/, '')
}
