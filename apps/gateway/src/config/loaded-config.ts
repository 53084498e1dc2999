import type { Credential, Operation, Policy, Preset, Secret, ServiceDefinition } from '@countersign/auth-core'
import type { Position } from './config-faults.ts'
import type { Evidence } from './disk.ts'
import type { ListenAddress } from './schema/listen-address.ts'

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
  /** The text of each configuration file, by the name that positions use. */
  readonly sources: ReadonlyMap<string, string>
  /** Every file and folder that was read, secrets included: what a watcher watches. */
  readonly evidence: Evidence
}

/** `gateway:` */
export interface GatewayConfig {
  readonly audience: string
  readonly listen: ListenAddress
  /** `undefined`: plain HTTP, on loopback or because the configuration says `tls: off`. */
  readonly tls: TlsConfig | undefined
  readonly admin: ListenAddress
  readonly audit: AuditConfig
  readonly mode: 'enforce'
}

/** Certificate and key as PEM, read when the configuration was; they belong together. */
export interface TlsConfig {
  readonly cert: string
  readonly key: Secret
  /** Authorities of client certificates; then one is required. */
  readonly clientCa: string | undefined
}

/** How the record is kept. */
export interface AuditConfig {
  /** Absolute path; standard output when `undefined`. */
  readonly file: string | undefined
  readonly required: boolean
  readonly key: Secret | undefined
}

/** One entry of `issuers:`. What is absent is left to the defaults of its kind. */
export interface IssuerConfig {
  readonly name: string
  readonly kind: 'jwt'
  readonly issuer: string
  readonly keys: IssuerKeys
  readonly algorithms?: readonly SigningAlgorithm[]
  /** Values of `typ` to accept; `null` for its absence. */
  readonly types?: readonly (string | null)[]
  readonly skewSeconds?: number
  readonly maxLifetimeSeconds?: number
  readonly staleKeysForSeconds?: number
}

/** Where an issuer's keys are. Of a file, `text` is its content when the configuration was read. */
export type IssuerKeys =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'discovery'; readonly issuer: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }

/** Algorithms that the configuration can name. */
export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'

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
  /** Request header fields, in lower case, that pass beside the usual ones. */
  readonly headers: readonly string[]
  readonly timeouts: TimeoutsConfig
}

/** How a token is asked for. */
export interface TokenConfig {
  readonly grantType: 'client_credentials'
  readonly endpoint: string
  readonly clientAuth: 'client_secret_basic' | 'client_secret_post'
  readonly body: 'form' | 'json'
  readonly audience: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly strict: boolean
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
