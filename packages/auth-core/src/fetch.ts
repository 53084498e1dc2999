import type { OwnCertificate } from './tokens/credential.ts'

/**
 * The only way out of this package, supplied by the caller.
 *
 * Whoever supplies it bounds it: connect and total time, size of the answer after decompression. It must
 * not follow redirects (a token request that follows one hands the client secret to whoever answered).
 */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

/** The part of `RequestInit` that this package uses. */
export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string | undefined
  readonly redirect: 'manual'
  readonly signal?: AbortSignal | undefined
  /** Shown in the TLS handshake, in connections of its own. */
  readonly certificate?: OwnCertificate | undefined
}
