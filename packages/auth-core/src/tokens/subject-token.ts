import type { Secret } from '../secret.ts'

/** The caller's own token, where an upstream's tokens are had in exchange for it (RFC 8693 2.1). */
export interface SubjectToken {
  /** Goes to that upstream's token endpoint and nowhere else. */
  readonly token: Secret
  /** SHA-256 of the token: what is exchanged for one token is never handed out for another. */
  readonly fingerprint: string
  /** Milliseconds since the Unix epoch; nothing that was had for it is used any longer. */
  readonly expiresAt: number
}
