import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Where a gateway process may leave traces, and what must not be among them. */
export interface ScanOptions {
  /** Where it wrote; looked through to the last file. */
  readonly folder: string
  /** Files of that folder that hold secrets because a test put them there. */
  readonly given: ReadonlySet<string>
  /** Everything else that an operator sees, by name. */
  readonly texts: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** The places in which a secret was found; none of them may be. */
export function placesOfSecrets({ folder, given, texts, secrets }: ScanOptions): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !given.has(name))
  const files = names.map((name) => [name, readFileSync(join(folder, name), 'latin1')] as const)
  const long = secrets.filter((secret) => secret.length >= 8)
  return [...files, ...Object.entries(texts)]
    .filter(([, text]) => long.some((secret) => text.includes(secret)))
    .map(([name]) => name)
}

/** The command line of a process, as everybody on its machine can read it; empty where there is no `/proc`. */
export function commandLineOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) ? readFileSync(file, 'latin1') : ''
}
