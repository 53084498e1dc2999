/** A caller whose credential has been verified. Not yet known to any policy. */
export interface Identity {
  /** The issuer's name in the configuration, not its URL. */
  readonly issuer: string
  /** The `sub` claim, or the SPIFFE ID of a certificate. */
  readonly subject: string
  /** The verified claims; frozen, and without a prototype. */
  readonly claims: Readonly<Record<string, unknown>>
  /** When the evidence ends, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
}
