import { fileIdentity } from './file-identity.ts'
import type { IdentitySource } from './identity-source.ts'

/** Where the JWT-SVID is kept. */
export interface SpiffeOptions {
  /**
   * The file that a helper beside the workload (`spiffe-helper`: `jwt_svids`, or a CSI driver) renews, with the
   * gateway's audience.
   */
  readonly path: string
}

/**
 * A SPIFFE JWT-SVID in a file, read again when it has been renewed. SVIDs live for minutes: one that is renewed
 * in time is what its helper is for. While the file cannot be read, an unexpired one goes on serving.
 *
 * `token()` throws {@link IdentityError} when the file is missing, unreadable or empty.
 */
export function spiffeIdentity({ path }: SpiffeOptions): IdentitySource {
  return fileIdentity({ what: 'JWT-SVID', path })
}
