import { IdentityError } from './identity-error.ts'
import type { IdentitySource } from './identity-source.ts'
import { jwtExpiry } from './jwt-expiry.ts'

/** Read again after this long even when the file looks the same: some mounts keep times of whole seconds. */
const maxAgeMs = 60_000

/** Where the projected token is mounted. */
export interface KubernetesOptions {
  /** The `path` of the `serviceAccountToken` projection whose `audience` is the gateway's. */
  readonly path: string
}

interface Held {
  readonly token: string
  readonly version: string
  readonly readAt: number
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
  let held: Held | undefined
  let flight: Promise<string> | undefined

  async function current(): Promise<string> {
    try {
      held = await readWhenChanged(path, held)
      return held.token
    } catch (cause) {
      if (held !== undefined && (jwtExpiry(held.token) ?? 0) > Date.now()) return held.token
      throw cause instanceof IdentityError
        ? cause
        : new IdentityError(`the projected token ${path} cannot be read`, { cause })
    }
  }

  return {
    token() {
      flight ??= current().finally(() => {
        flight = undefined
      })
      return flight
    },
  }
}

async function readWhenChanged(path: string, held: Held | undefined): Promise<Held> {
  const { readFile, stat } = await import('node:fs/promises')
  const { ino, mtimeMs, size } = await stat(path)
  // The kubelet swaps a symbolic link: a new inode, whatever the times say.
  const version = `${ino} ${mtimeMs} ${size}`
  if (held?.version === version && Date.now() - held.readAt < maxAgeMs) return held
  const token = (await readFile(path, 'utf8')).trim()
  if (token === '') throw new IdentityError(`the projected token ${path} is empty`)
  return { token, version, readAt: Date.now() }
}
