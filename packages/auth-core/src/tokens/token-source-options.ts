import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { Credential } from './credential.ts'
import type { TokenAdaptation } from './token-adaptation.ts'
import type { TokenCache } from './token-cache.ts'
import type { TokenEvent } from './token-event.ts'

/** What a token source is made of. */
export interface TokenSourceOptions {
  /** The upstream's name in the configuration. */
  readonly upstream: string
  /** Address of the token endpoint: `https:`, or `http:` to a loopback address. */
  readonly endpoint: string
  /** Asked when `endpoint` answers 404 or 405; whichever works is remembered. */
  readonly fallbackEndpoint?: string | undefined
  readonly clientAuth: ClientAuthMethod
  /** How the parameters are written: RFC 6749 knows only `form`; some upstreams only `json`. */
  readonly body: 'form' | 'json'
  /** Sent with every token request; must not name what the gateway sets itself. */
  readonly extraParameters: Readonly<Record<string, string>>
  /** The credential of the moment; asked on every call, so it must be quick, and must not throw. */
  readonly credential: () => Credential
  readonly clock: Clock
  /** Bounds the time of a request. The size of the answer is bounded here, at 64 KiB. */
  readonly fetch: Fetch
  readonly adapt?: TokenAdaptation | undefined
  /** Refuse (`mint.invalid-response`) a token whose scopes or audience differ from what was asked. Default false. */
  readonly strict?: boolean | undefined
  /** Where tokens are kept; one per upstream. Hand in the one of the source before to keep them over a reload. */
  readonly cache?: TokenCache | undefined
  /** Told what happens, at once and in order; must not throw. */
  readonly observe?: ((event: TokenEvent) => void) | undefined
}
