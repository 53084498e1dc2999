import { fileIdentity } from './file-identity.ts'
import type { IdentitySource } from './identity-source.ts'

/** Where the projected token is mounted. */
export interface KubernetesOptions {
  /** The `path` of the `serviceAccountToken` projection whose `audience` is the gateway's. */
  readonly path: string
}

/**
 * A projected service-account token, read again when the kubelet has replaced the file (which it does at
 * 80 % of the token's life). While the file cannot be read, an unexpired token goes on serving.
 *
 * The default token under `/var/run/secrets/kubernetes.io` is meant for the cluster's own API; the gateway
 * wants one of its own audience, from a `serviceAccountToken` projection.
 *
 * `token()` throws {@link IdentityError} when the file is missing, unreadable or empty.
 */
export function kubernetesIdentity({ path }: KubernetesOptions): IdentitySource {
  return fileIdentity({ what: 'projected token', path })
}
