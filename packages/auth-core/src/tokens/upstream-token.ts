import type { Secret } from '../secret.ts'
import type { GrantDifference } from './compare-grant.ts'
import type { OwnCertificate } from './credential.ts'

/** An access token of an upstream. Printing it shows its fingerprint. */
export interface UpstreamToken {
  readonly value: Secret
  /** First 16 hex digits of the token's SHA-256: tells tokens apart in logs without being one. */
  readonly fingerprint: string
  /** When it was obtained and when it stops being used, in milliseconds since the Unix epoch. */
  readonly obtainedAt: number
  readonly expiresAt: number
  /** What the endpoint said it granted; `undefined` where it did not say (RFC 6749 5.1: then as asked). */
  readonly grantedScopes: readonly string[] | undefined
  /**
   * The longest life that answer or token claim, in seconds, before it is cut to what is used here; `undefined`
   * where neither says.
   */
  readonly statedSeconds?: number | undefined
  /** How it differs from what was asked for, if it does. */
  readonly difference?: GrantDifference | undefined
  /** The certificate that it is bound to: of use only in a connection that shows it (RFC 8705 3). */
  readonly certificate?: OwnCertificate | undefined
  toJSON(): string
}

/** A token as `mint` hands it out, with where it came from. */
export interface Minted {
  readonly token: UpstreamToken
  /**
   * `cache`: held already; `shared`: another call's request in flight; `endpoint`: asked for just now;
   * `configured`: no token at all, but the credential of the configuration, under its fingerprint.
   */
  readonly source: 'cache' | 'shared' | 'endpoint' | 'configured'
  /** The audience that was asked for, where it was discovered and the grant does not know it. */
  readonly audience?: string | undefined
}
