import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument, stringify } from 'yaml'

/** A path, YAML text (several lines, or a flow map), or the sections of a configuration. */
export type PolicySource = string | Readonly<Record<string, unknown>>

/** A policy as the kit works with it. */
export interface ReadPolicy {
  /** Where `countersign explain` finds it, so that file and line are those of its author. */
  readonly path: string
  /** The content of every file, parsed. */
  readonly files: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Reads a policy; what was not a file is written into `folder` first.
 *
 * @throws {TypeError} nothing is there, or a file is no YAML map
 */
export function readPolicy(source: PolicySource, folder: string): ReadPolicy {
  if (typeof source !== 'string') return written(stringify(completed(source)), folder)
  if (!isText(source)) {
    if (!existsSync(source)) throw new TypeError(`there is no policy at ${source}: no such file or folder`)
    return { path: source, files: filesOf(source).map(parse) }
  }
  const sections = parseText(source, 'the policy given as text')
  // Kept as its author wrote it where nothing is missing, so that the lines are theirs.
  return written(isComplete(sections) ? source : stringify(completed(sections)), folder)
}

function written(text: string, folder: string): ReadPolicy {
  const path = join(folder, 'policy')
  const file = join(path, 'countersign.yaml')
  mkdirSync(path)
  writeFileSync(file, text)
  return { path, files: [parse(file)] }
}

function isText(source: string): boolean {
  return /[\n{]/.test(source)
}

function isComplete(sections: Readonly<Record<string, unknown>>): boolean {
  return 'gateway' in sections && 'issuers' in sections
}

function completed(sections: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    gateway: { audience: 'https://gateway.internal', listen: '127.0.0.1:8080' },
    issuers: { internal: { kind: 'jwt', issuer: 'https://issuer.internal' } },
    ...sections,
  }
}

/** The files that the gateway would read of this path: no hidden ones, no policy tests. */
function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(path, name))
    .flatMap((inner) => (statSync(inner).isDirectory() ? filesOf(inner) : [inner]))
    .filter((file) => /\.ya?ml$/i.test(file) && !/\.test\.ya?ml$/i.test(file))
}

function parse(file: string): Record<string, unknown> {
  return parseText(readFileSync(file, 'utf8'), file)
}

function parseText(text: string, name: string): Record<string, unknown> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw new TypeError(`${name} is not YAML: ${error.message}`)
  const value: unknown = document.toJS()
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new TypeError(`${name} holds no sections: it begins with gateway:, services:, …`)
}
