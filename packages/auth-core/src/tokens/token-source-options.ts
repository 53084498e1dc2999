import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { Credential } from './credential.ts'
import type { TokenAdaptation } from './token-adaptation.ts'
import type { TokenCache } from './token-cache.ts'
import type { TokenEvent } from './token-event.ts'
import type { TokenGrantType } from './token-grant.ts'

/** What a token source is made of. */
export interface TokenSourceOptions {
  /** The upstream's name in the configuration. */
  readonly upstream: string
  /** Address of the token endpoint: `https:`, or `http:` to a loopback address; absent with an `issuer`. */
  readonly endpoint?: string | undefined
  /** Whose metadata names the endpoint (RFC 8414), where it is not given. */
  readonly issuer?: string | undefined
  /** Asked when `endpoint` answers 404 or 405; whichever works is remembered. */
  readonly fallbackEndpoint?: string | undefined
  readonly clientAuth: ClientAuthMethod
  /** `aud` of the gateway's own assertions. Default: the issuer, or else the address of the endpoint. */
  readonly assertionAudience?: string | undefined
  /** Default `client_credentials`. */
  readonly grantType?: TokenGrantType | undefined
  /** See {@link TokenEndpoint.subjectTokenType}. Default `urn:ietf:params:oauth:token-type:jwt`. */
  readonly subjectTokenType?: string | undefined
  /** See {@link TokenEndpoint.certificateBound}. Default: as a token says. */
  readonly certificateBound?: boolean | undefined
  /** See {@link TokenEndpoint.maxLifetimeSeconds}. Default: any. */
  readonly maxLifetimeSeconds?: number | undefined
  /** How the parameters are written: RFC 6749 knows only `form`; some upstreams only `json`. */
  readonly body: 'form' | 'json'
  /** Sent with every token request; must not name what the gateway sets itself. */
  readonly extraParameters: Readonly<Record<string, string>>
  /**
   * The credential of the configuration; asked on every call, so it must be quick, and must not throw. A new
   * one serves once it got a token; see {@link CredentialRotation}.
   */
  readonly credential: () => Credential
  readonly clock: Clock
  /** Bounds the time of a request. The size of the answer is bounded here, at 64 KiB. */
  readonly fetch: Fetch
  readonly adapt?: TokenAdaptation | undefined
  /** Refuse (`mint.invalid-response`) a token whose scopes, audience or life differ from what was asked. Default false. */
  readonly strict?: boolean | undefined
  /** Where tokens are kept; one per upstream. Hand in the one of the source before to keep them over a reload. */
  readonly cache?: TokenCache | undefined
  /** Told what happens, at once and in order; must not throw. */
  readonly observe?: ((event: TokenEvent) => void) | undefined
}
