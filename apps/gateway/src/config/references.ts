// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { resolve } from 'node:path'
import { decodeText } from './decode-text.ts'
import type { Disk } from './disk.ts'
import type { Path } from './located.ts'
import { Problem } from './schema/problem.ts'

/** Where `${env:NAME}` and `${file:PATH}` lead. */
export interface ReferenceSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly disk: Disk
  /** What relative paths are relative to. */
  readonly folder: string
  /** For a reference that leads nowhere; without it, that is a problem. */
  readonly standIn?: ((text: string, reference: string, path: Path) => string) | undefined
}

const pattern = /\$\$\{|\$\{([^}]*)(\}?)/g

/**
 * Text with its references replaced by what they stand for: a variable of the environment, or the content of
 * a file without a byte order mark and one line break at its end. `$${` is a literal `${`.
 *
 * Unset and empty are both problems: a secret that is silently empty is worse than a gateway that does not
 * start. All problems of the text are returned together.
 *
 * @param path where the text stands
 */
export function resolveReferences(
  text: string,
  sources: ReferenceSources,
  path: Path,
): string | readonly Problem[] {
  const problems: Problem[] = []
  const resolved = text.replace(pattern, (whole, body: string | undefined, close: string) => {
    if (body === undefined) return '${'
    const value = close === '' ? unclosed : resolveOne(body, sources)
    if (typeof value === 'string') return value
    if (sources.standIn && close !== '') return sources.standIn(text, body, path)
    problems.push(value)
    return whole
  })
  return problems.length === 0 ? resolved : problems
}

/** Is the text one reference and nothing else? */
export function isReference(text: string): boolean {
  return /^\$\{(?:env|file):[^}]+\}$/.test(text)
}

const unclosed = new Problem(
  'has a reference without its "}"',
  'write ${env:NAME}, ${file:PATH}, or $${ for a plain ${',
)

function resolveOne(body: string, sources: ReferenceSources): string | Problem {
  const [, kind, name = ''] = /^(env|file):(.+)$/s.exec(body) ?? []
  if (kind === 'env') return variable(name, sources)
  if (kind === 'file') return fileContent(name, sources)
  return new Problem(
    `has a reference of an unknown form: \${${body}}`,
    'write ${env:NAME}, ${file:PATH}, or $${ for a plain ${',
  )
}

function variable(name: string, { env }: ReferenceSources): string | Problem {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return new Problem(`"${name}" is no name of an environment variable`, 'use letters, digits and "_"')
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value === undefined) {
    return new Problem(
      `needs the environment variable ${name}, which is not set`,
      `set ${name} for the gateway`,
    )
  }
  if (value === '') {
    return new Problem(`needs the environment variable ${name}, which is empty`, `give ${name} a value`)
  }
  return value
}

function fileContent(name: string, { disk, folder }: ReferenceSources): string | Problem {
  const path = resolve(folder, name)
  try {
    const value = decodeText(disk.read(path)).replace(/\r?\n$/, '')
    return value === ''
      ? new Problem(`needs the file ${path}, which is empty`, 'write the value into it')
      : value
  } catch (error) {
    const why = String(error).replace(/^Error: /, '')
    return new Problem(
      `needs the file ${path}: ${why}`,
      'create it, or correct the path; a relative path starts at the configuration’s folder',
    )
  }
}
