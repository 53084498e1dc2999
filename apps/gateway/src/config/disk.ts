import { createHash } from 'node:crypto'
import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs'

/** What was seen of a file or folder: enough to notice that it is another one now. */
export interface Sighting {
  /** Identity, size and times, through symbolic links; `missing` when there was nothing. */
  readonly stamp: string
  /** SHA-256 of a file's content. Empty for a folder: what counts of it are the files that were read. */
  readonly digest: string
}

/** Everything that a load has looked at, by absolute path, what was missing included. */
export type Evidence = ReadonlyMap<string, Sighting>

/** Configuration, key sets, certificates and secrets are all far smaller. */
const maxBytes = 8 * 1024 * 1024

const maxTries = 5

/** No descriptor, no memory, another file server: nothing is wrong with what was to be read. */
const passing: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ESTALE'])

/**
 * Reads files for one load and remembers what it saw.
 *
 * A file is read between two looks at it that must agree, so a file that is being replaced is never taken
 * half; anything that is not a plain file (a pipe would wait for ever) is refused.
 */
export class Disk {
  readonly #seen = new Map<string, Sighting>()
  readonly #bytes = new Map<string, Buffer>()
  #isTroubled = false

  /** Something could not be read for a reason that passes and leaves no trace, as when no file can be opened. */
  get isTroubled(): boolean {
    return this.#isTroubled
  }

  get evidence(): Evidence {
    return this.#seen
  }

  /**
   * The bytes of a file; asked twice, the same ones.
   *
   * @throws {Error} with a message for people: missing, unreadable, not a file, too large, never at rest
   */
  read(path: string): Buffer {
    const known = this.#bytes.get(path)
    if (known) return known
    for (let tries = 0; tries < maxTries; tries++) {
      const before = stamp(path)
      const bytes = this.#attempt(path, before)
      if (stamp(path) !== before) continue
      this.#seen.set(path, { stamp: before, digest: digest(bytes) })
      this.#bytes.set(path, bytes)
      return bytes
    }
    throw new Error('it keeps changing while it is being read')
  }

  /** When a file that was read was last written, in milliseconds since the Unix epoch. */
  changedAt(path: string): number | undefined {
    return this.#bytes.has(path) ? Number(look(path)?.mtimeMs) : undefined
  }

  /** Names in a folder, sorted. @throws {Error} with a message for people */
  list(folder: string): readonly string[] {
    this.#seen.set(folder, { stamp: stamp(folder), digest: '' })
    try {
      return readdirSync(folder).sort()
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** What a path leads to; remembered when that is nothing, so that its appearance is noticed. */
  kind(path: string): 'file' | 'folder' | 'missing' {
    const stats = look(path)
    if (stats !== undefined) return stats.isDirectory() ? 'folder' : 'file'
    this.#seen.set(path, { stamp: 'missing', digest: '' })
    return 'missing'
  }

  #attempt(path: string, before: string): Buffer {
    this.#seen.set(path, { stamp: before, digest: '' })
    const stats = look(path)
    if (stats === undefined) throw new Error('there is no such file')
    if (!stats.isFile()) throw new Error('it is not a file')
    if (stats.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024 / 1024} MiB`)
    try {
      return readFileSync(path)
    } catch (error) {
      throw this.#explained(error)
    }
  }

  #explained(error: unknown): Error {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EACCES' || code === 'EPERM') return new Error('it may not be read by this process')
    if (code === 'ENOENT') return new Error('there is no such file')
    this.#isTroubled ||= passing.has(code)
    return new Error(`it cannot be read (${String(code ?? error)})`)
  }
}

/** What a path leads to at this moment, in a form that two looks can be compared by. */
export function stamp(path: string): string {
  const stats = look(path)
  if (stats === undefined) return 'missing'
  return [stats.dev, stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs].join(':')
}

function look(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    // A parent that is no folder, or may not be entered: nothing can be read there.
    return undefined
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
