import type { Secret } from '../secret.ts'

/** What the gateway is to an upstream's token endpoint. Which parts are there, its way to authenticate decides. */
export interface Credential {
  /** Absent where nobody asks for one: a workload's own token names its client itself. */
  readonly clientId?: string | undefined
  /** Never empty: the configuration refuses an empty secret before it comes here. */
  readonly clientSecret?: Secret | undefined
  /** Signs assertions (`private_key_jwt`). */
  readonly signingKey?: AssertionKey | undefined
  /** Shown in the TLS handshake with the token endpoint (RFC 8705 2). */
  readonly certificate?: OwnCertificate | undefined
  /** The gateway's own token at its platform (`workload_jwt`). */
  readonly workloadToken?: Secret | undefined
  /** Further members, by their names in the configuration: API keys that a credential scheme carries. */
  readonly members?: ReadonlyMap<string, Secret> | undefined
  /**
   * Tells this credential from the one before and after a rotation, without being or containing the secret.
   * It is part of the key of every token, so a token of an old secret is never handed out for a new one.
   */
  readonly version: string
}

/** A private key and how it signs. */
export interface AssertionKey {
  readonly key: CryptoKey
  readonly algorithm: AssertionAlgorithm
  readonly keyId: string
}

/** Algorithms of client assertions (RFC 7518 3.1, RFC 8037 3.1). */
export type AssertionAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

/** The certificate that the gateway shows as a client, with its chain, and its key, in PEM; they belong together. */
export interface OwnCertificate {
  readonly cert: string
  readonly key: Secret
  /** Base64url of the SHA-256 of the certificate in DER: `x5t#S256` (RFC 8705 3.1). */
  readonly thumbprint: string
}
