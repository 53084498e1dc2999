import type {
  AudienceDiscovery,
  ClientAuthMethod,
  ConsentFlow,
  Credential,
  CredentialScheme,
  IdentityPattern,
  IssuerKind,
  Mode,
  Operation,
  Policy,
  Preset,
  Secret,
  ServiceDefinition,
  SignatureAlgorithm,
  TokenGrantType,
  WebhookScheme,
} from '@countersign/auth-core'
import type { CircuitOptions } from '../forward/circuit.ts'
import type { PlaceLimits } from '../forward/places.ts'
import type { Position } from './config-faults.ts'
import type { Evidence } from './disk.ts'
import type { ConfigWarning } from './find-config-warnings.ts'
import type { ListenAddress } from './schema/listen-address.ts'
import type { SecretTimes } from './secret-times.ts'

/** A configuration without faults. Everything in it is ready to use, and none of it changes. */
export interface LoadedConfig {
  /** The file or folder that was loaded. */
  readonly path: string
  readonly gateway: GatewayConfig
  readonly issuers: ReadonlyMap<string, IssuerConfig>
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>
  readonly services: ReadonlyMap<string, ServiceConfig>
  /** The services' rules, compiled against the upstreams. */
  readonly policy: Policy
  readonly warnings: readonly ConfigWarning[]
  /** The text of each configuration file, by the name that positions use. */
  readonly sources: ReadonlyMap<string, string>
  /** Since when each secret of an upstream is what it is. */
  readonly secretTimes: SecretTimes
  /** Every file and folder that was read, secrets included: what a watcher watches. */
  readonly evidence: Evidence
}

/** `gateway:` */
export interface GatewayConfig {
  readonly audience: string
  /** Where services reach the data listener, without a trailing slash; `undefined` where nobody says. */
  readonly url: string | undefined
  readonly listen: ListenAddress
  /** `undefined`: plain HTTP, on loopback or because the configuration says `tls: off`. */
  readonly tls: TlsConfig | undefined
  /** Whether `tls` is asked for, where its files need not be there. */
  readonly asksForTls: boolean
  readonly admin: ListenAddress
  /** What the admin listener is called from outside, without a trailing slash. */
  readonly adminUrl: string | undefined
  readonly public: PublicConfig | undefined
  readonly timeouts: CallerTimeouts
  /** Who may use the admin listener beyond probes and metrics. */
  readonly operators: readonly IdentityPattern[]
  readonly store: StoreConfig | undefined
  readonly audit: AuditConfig
  /** For every service that does not say otherwise. */
  readonly mode: Mode
}

/** How long callers may take, in milliseconds. */
export interface CallerTimeouts {
  /** For a header section to arrive; also for a TLS handshake. */
  readonly headMs: number
  /** For a whole request to arrive. */
  readonly requestMs: number
  /** For a connection to stay open without a request. */
  readonly idleMs: number
}

/** Certificate and key as PEM, read when the configuration was; they belong together. */
export interface TlsConfig {
  readonly cert: string
  readonly key: Secret
  /** PEM. Authorities of client certificates: on the data listener beside those of trust domains. */
  readonly clientCa: string | undefined
}

/** `gateway.public:` */
export interface PublicConfig {
  readonly listen: ListenAddress
  /** What return addresses begin with, without a trailing slash. */
  readonly url: string
  readonly tls: TlsConfig | undefined
  /** PKCS 8 in PEM. */
  readonly signingKey: Secret | undefined
}

/** `gateway.store:` */
export interface StoreConfig {
  /** Absolute path. */
  readonly file: string
  readonly keys: StoreKeys
}

/** Keys of 32 bytes in Base64, by id, and the one that is written with. */
export interface StoreKeys {
  readonly byId: ReadonlyMap<string, Secret>
  readonly active: string
}

/** How the record is kept. */
export interface AuditConfig {
  /** Absolute path; standard output when `undefined`. */
  readonly file: string | undefined
  readonly required: boolean
  readonly key: Secret | undefined
  /** Length of a file after which the next one is begun; `undefined`: never. */
  readonly maxBytes: number | undefined
  /** Files that are kept beside the current one; `undefined`: all. */
  readonly keep: number | undefined
  readonly fsync: boolean
}

/** One entry of `issuers:`. What is absent is left to the defaults of its kind. */
export interface IssuerConfig {
  readonly name: string
  readonly kind: IssuerKind
  /** Of kind `spiffe`, `spiffe://` and the trust domain. */
  readonly issuer: string
  readonly keys: IssuerKeys
  /** For each document on the way to the keys. */
  readonly timeouts: EndpointTimeouts
  /** Absolute path of the authorities behind which the keys are. */
  readonly ca?: string
  /** Absolute path of the token that is shown when keys are asked for. */
  readonly tokenFile?: string
  readonly algorithms?: readonly SignatureAlgorithm[]
  /** Values of `typ` to accept; `null` for its absence. */
  readonly types?: readonly (string | null)[]
  readonly skewSeconds?: number
  readonly maxLifetimeSeconds?: number
  readonly freshKeysForSeconds?: number
  readonly staleKeysForSeconds?: number
}

/** Where an issuer's keys are. Of a file, `text` is its content when the configuration was read. */
export type IssuerKeys =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'discovery'; readonly issuer: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }

/** One entry of `upstreams:`, preset and defaults filled in. */
export interface UpstreamConfig {
  readonly name: string
  readonly preset: Preset | undefined
  /** Base URL without a trailing slash. */
  readonly url: string
  readonly token: TokenConfig
  readonly credential: Credential
  readonly emptyScope: 'allow' | 'refuse'
  readonly operations: readonly Operation[]
  /** Ways to show the credential, the default one first; empty: the token as Bearer. */
  readonly schemes: ReadonlyMap<string, CredentialScheme>
  /** What an administrator is asked to consent to, where the token comes of that. */
  readonly consentScopes: readonly string[]
  readonly webhook: WebhookConfig | undefined
  /** Request header fields, in lower case, that pass beside the usual ones. */
  readonly headers: readonly string[]
  readonly timeouts: TimeoutsConfig
  readonly limits: PlaceLimits
  /** `undefined`: called however it fares. */
  readonly breaker: CircuitOptions | undefined
}

/** Who gets an upstream's deliveries. */
export interface WebhookConfig {
  readonly scheme: WebhookScheme
  readonly secret: Secret
  readonly forwardTo: string
  readonly audience: string
  /** Milliseconds until it must have answered, connecting included. */
  readonly timeoutMs: number
}

/** How a token is asked for. */
export interface TokenConfig {
  /** `consent`: by an administrator; `none`: there is no token. */
  readonly grantType: TokenGrantType | 'consent' | 'none'
  /** With `consent`, where the code is exchanged; `undefined` where the metadata of `issuer` says, or nobody. */
  readonly endpoint: string | undefined
  readonly issuer: string | undefined
  readonly fallbackEndpoint: string | undefined
  readonly clientAuth: ClientAuthMethod
  readonly assertionAudience: string | undefined
  /** A URN (RFC 8693 3). */
  readonly subjectTokenType: string
  readonly body: 'form' | 'json'
  readonly audience: string | undefined
  readonly resource: readonly string[]
  /** Where the audience is found when nobody names it. */
  readonly audienceDiscovery: AudienceDiscovery | undefined
  /** With `consent`, its addresses with everything filled in but the code. */
  readonly consent: ConsentFlow | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly certificateBound: boolean
  readonly maxLifetimeSeconds: number | undefined
  /** For each request on the way to a token. */
  readonly timeouts: EndpointTimeouts
  readonly strict: boolean
}

/** How long a token endpoint or a key set may take, in milliseconds. */
export interface EndpointTimeouts {
  readonly connectMs: number
  /** To the end of the answer. */
  readonly totalMs: number
}

/** How long an upstream may take, in milliseconds. */
export interface TimeoutsConfig {
  readonly connectMs: number
  readonly firstByteMs: number
  readonly idleMs: number
  readonly totalMs: number
}

/** One entry of `services:`; each rule carries its position as text, as the policy wants it. */
export interface ServiceConfig extends ServiceDefinition {
  /** Where the service is defined. */
  readonly at: Position
}
