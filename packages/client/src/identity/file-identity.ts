import { IdentityError } from './identity-error.ts'
import type { IdentitySource } from './identity-source.ts'
import { jwtExpiry } from './jwt-expiry.ts'

/** Read again after this long even when the file looks the same: some mounts keep times of whole seconds. */
const maxAgeMs = 60_000

/** How often a file is read that is being written at the same time. */
const mostReads = 3

interface Held {
  readonly token: string
  readonly version: string
  readonly readAt: number
}

/** A file that somebody else keeps a token in. */
export interface TokenFile {
  /** What it is, for errors: `projected token`. */
  readonly what: string
  readonly path: string
}

/**
 * The token in a file, read again when the file has changed, and never in the middle of a change. While it
 * cannot be read, an unexpired token goes on serving. Concurrent callers share one look at it.
 *
 * `token()` throws {@link IdentityError} when the file is missing, unreadable or empty.
 */
export function fileIdentity(file: TokenFile): IdentitySource {
  let held: Held | undefined
  let flight: Promise<string> | undefined

  async function current(): Promise<string> {
    try {
      held = await readWhenChanged(file, held)
      return held.token
    } catch (cause) {
      if (held !== undefined && (jwtExpiry(held.token) ?? 0) > Date.now()) return held.token
      throw cause instanceof IdentityError
        ? cause
        : new IdentityError(`the ${file.what} ${file.path} cannot be read`, { cause })
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

async function readWhenChanged({ what, path }: TokenFile, held: Held | undefined): Promise<Held> {
  const { readFile } = await import('node:fs/promises')
  let version = await versionOf(path)
  if (held?.version === version && Date.now() - held.readAt < maxAgeMs) return held
  for (let reads = 1; ; reads += 1) {
    const token = (await readFile(path, 'utf8')).trim()
    const after = await versionOf(path)
    if (after === version && token === '') throw new IdentityError(`the ${what} ${path} is empty`)
    if (after === version) return { token, version, readAt: Date.now() }
    if (reads === mostReads) throw new IdentityError(`the ${what} ${path} does not stop changing`)
    version = after
  }
}

/** Whoever swaps a symbolic link gives a new inode, whatever the times say. */
async function versionOf(path: string): Promise<string> {
  const { stat } = await import('node:fs/promises')
  const { ino, mtimeMs, size } = await stat(path)
  return `${ino} ${mtimeMs} ${size}`
}
