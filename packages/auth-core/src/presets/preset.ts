import type { FaultCode } from '../fault.ts'
import type { Operation } from '../policy/operation.ts'
import type { ClientAuthMethod } from '../tokens/client-auth.ts'
import type { ConsentFlow } from '../tokens/consent-flow.ts'
import type { TokenAdaptation } from '../tokens/token-adaptation.ts'
import type { WebhookScheme } from '../webhooks/webhook-scheme.ts'

/** A ready description of a known upstream. Whatever it leaves open, the configuration has to say. */
export interface Preset {
  /** What the configuration says after `preset:`. */
  readonly name: string
  readonly title: string
  /** One sentence for a person who chooses among presets. */
  readonly description: string
  /**
   * Base URL of the admin API, without a trailing slash; left open where every tenant has its own. May hold
   * `{tenant}`, for the configuration's `tenant`.
   */
  readonly url?: string | undefined
  readonly token: PresetToken
  /** Ways in which the API takes a credential, by name. Without any: the token as `Authorization: Bearer`. */
  readonly credentials?: Readonly<Record<string, CredentialScheme>> | undefined
  /** What a token request without scopes means there: nothing special, or everything (then it is refused). */
  readonly emptyScope: 'allow' | 'refuse'
  readonly operations: readonly Operation[]
  /**
   * What a fault most likely means with this upstream: a sentence for the caller, in place of the code's own.
   * Where a 401 of the API stands for "not granted", `mint.rejected-by-upstream` says so here.
   */
  readonly explains?: Readonly<Partial<Record<FaultCode, string>>> | undefined
  /** How its webhooks are signed; without it, `webhook:` in the configuration is a fault. */
  readonly webhook?: WebhookScheme | undefined
}

/** How a credential is shown to the API. What the gateway shows, a caller cannot: its own copies are removed. */
export interface CredentialScheme {
  /**
   * `bearer`: the minted token; `basic`: client id and secret (RFC 7617), no token is minted; an object: a
   * member of the configuration's `credential` behind a word, as in `Bearer` or `Token`.
   */
  readonly authorization: 'bearer' | 'basic' | 'none' | { readonly word: string; readonly member: string }
  /** Query parameters, and the member of the configuration's `credential` that each one carries. */
  readonly query?: Readonly<Record<string, string>> | undefined
  /** Header fields in lower case, and the member of `credential` that each one carries. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** How a token is asked for. */
export interface PresetToken {
  /** `consent`: an administrator consents once, and the token that comes of it is kept (no RFC grant). */
  readonly grantType: 'client_credentials' | 'consent'
  /**
   * May hold `{url}` (the base URL in force), `{origin}` (its scheme and authority) and `{tenant}`; left open
   * where only the configuration knows. With `consent` the exchange is in {@link PresetToken.consent} instead.
   */
  readonly endpoint?: string | undefined
  /** Asked once when `endpoint` answers 404 or 405, and remembered. */
  readonly fallbackEndpoint?: string | undefined
  /** Where the audience comes from when neither preset nor configuration names it. */
  readonly audienceDiscovery?: AudienceDiscovery | undefined
  /** The addresses of the consent; needed with `grantType: 'consent'`, of no use without. */
  readonly consent?: ConsentFlow | undefined
  readonly clientAuth: ClientAuthMethod
  readonly body: 'form' | 'json'
  /** May hold `{url}`, `{origin}` and `{tenant}`. */
  readonly audience?: string | undefined
  /** Sent with every token request; none that `extraParameterProblem` refuses. */
  readonly parameters: Readonly<Record<string, string>>
  /** Where the endpoint departs from RFC 6749. */
  readonly adapt?: TokenAdaptation | undefined
}

/** Where an upstream publishes the audience of its admin API. Tried in this order, cached, asked again on a mismatch. */
export interface AudienceDiscovery {
  /** Member of `{url}/.well-known/openid-configuration`. */
  readonly discoveryMember?: string | undefined
  /** Path below `{url}`, with `{host}`, that answers with a JSON object; `{id}` of the template is its `id`. */
  readonly lookup?: { readonly path: string; readonly audience: string } | undefined
  /** What an answer of the API says, in `error_code` or `message`, when the audience is not the right one. */
  readonly mismatch?: string | undefined
}
