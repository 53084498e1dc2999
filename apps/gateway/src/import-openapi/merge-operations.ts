import { isDeepStrictEqual } from 'node:util'
import { OverlapFinder, type Routed } from '../config/overlap-finder.ts'
import { Problem } from '../config/schema/problem.ts'
import type { RouteTemplate } from '../config/schema/route.ts'
import type { RefusedRoute } from './described-operation.ts'
import { type ImportedOperation, importedKeys } from './imported-operation.ts'
import { routeKey, routeTemplate } from './route-template.ts'

/** An operation as it stands in a file. */
export interface PresentOperation {
  readonly name: string
  get(key: string): unknown
  /** `undefined` removes the key. */
  set(key: string, value: unknown): void
}

/** The operations of one upstream, while an import is put into them. */
export interface OperationsInFile {
  readonly present: readonly PresentOperation[]
  /** Those of the upstream's preset. */
  readonly preset: readonly Routed[]
  add(operation: ImportedOperation): void
}

/** What became of each operation. */
export interface MergeReport {
  readonly added: readonly string[]
  readonly updated: readonly string[]
  /** Names of those with keys that were changed by hand and stay so. */
  readonly kept: readonly string[]
  /** Routes that somebody removed from the file. */
  readonly leftOut: readonly string[]
  /** Names of those that the document no longer has; they stay until somebody removes them. */
  readonly gone: readonly string[]
  readonly refused: readonly RefusedRoute[]
}

/** The report, and what to remember of this import. */
export interface Merged {
  readonly report: MergeReport
  readonly operations: readonly ImportedOperation[]
}

/**
 * Puts imported operations into a file. What still is as the last import wrote it follows the document; what
 * was changed by hand stays, names always do, since rules refer to them.
 *
 * @param last what the last import wrote
 */
export function mergeOperations(
  imported: readonly ImportedOperation[],
  last: readonly ImportedOperation[],
  file: OperationsInFile,
): Merged {
  const report = { added: [], updated: [], kept: [], leftOut: [], gone: [], refused: [] } as {
    [Key in keyof MergeReport]: MergeReport[Key][number][]
  } & { refused: RefusedRoute[] }
  const lastByKey = new Map(last.map((operation) => [keyOf(operation.route), operation]))
  const remembered: ImportedOperation[] = []
  const find = finderOf(file.present, imported)
  const fresh: ImportedOperation[] = []

  for (const operation of imported) {
    const before = lastByKey.get(keyOf(operation.route))
    lastByKey.delete(keyOf(operation.route))
    const present = find(operation.route, before?.name)
    if (!present && !before) {
      fresh.push(operation)
      continue
    }
    remembered.push({ ...operation, name: before?.name ?? present?.name ?? operation.name })
    if (!present) report.leftOut.push(operation.route)
    else adapt(present, operation, before, report)
  }
  for (const before of lastByKey.values()) {
    const present = find(before.route, before.name)
    if (!present) continue
    remembered.push(before)
    report.gone.push(present.name)
  }
  remembered.push(...addFresh(fresh, file, report))
  return { report, operations: remembered.sort((a, b) => (a.route < b.route ? -1 : 1)) }
}

/** By route; or, where the route was changed by hand, by the name it was given. */
function finderOf(present: readonly PresentOperation[], imported: readonly ImportedOperation[]) {
  const byKey = new Map(present.map((operation) => [keyOf(operation.get('route')), operation]))
  const byName = new Map(present.map((operation) => [operation.name, operation]))
  const known = new Set(imported.map(({ route }) => keyOf(route)))
  return function find(route: string, name: string | undefined): PresentOperation | undefined {
    const named = name === undefined ? undefined : byName.get(name)
    return byKey.get(keyOf(route)) ?? (named && !known.has(keyOf(named.get('route'))) ? named : undefined)
  }
}

function adapt(
  present: PresentOperation,
  operation: ImportedOperation,
  before: ImportedOperation | undefined,
  report: { updated: string[]; kept: string[] },
): void {
  let isUpdated = false
  let isKept = false
  for (const key of importedKeys) {
    const value = present.get(key)
    if (isDeepStrictEqual(value, operation[key])) continue
    if (before && isDeepStrictEqual(value, before[key])) {
      present.set(key, operation[key])
      isUpdated = true
    } else isKept = true
  }
  if (isUpdated) report.updated.push(present.name)
  if (isKept) report.kept.push(present.name)
}

function addFresh(
  fresh: readonly ImportedOperation[],
  { present, preset, add }: OperationsInFile,
  report: { added: string[]; refused: RefusedRoute[] },
): readonly ImportedOperation[] {
  const finder = new OverlapFinder()
  const names = new Set([...present, ...preset].map(({ name }) => name))
  const own = new Set(present.map(({ name }) => name))
  for (const operation of preset) if (!own.has(operation.name)) finder.add(operation)
  for (const operation of present) {
    const template = templateOf(operation.get('route'))
    if (template) finder.add({ name: operation.name, ...template })
  }
  return fresh.flatMap((operation) => {
    const template = templateOf(operation.route)
    const other = template && finder.add({ name: operation.name, ...template })
    if (other !== undefined) {
      report.refused.push({
        route: operation.route,
        reason: `it overlaps with ${other}, which is there already`,
      })
      return []
    }
    const named = { ...operation, name: freeName(operation.name, names) }
    names.add(named.name)
    add(named)
    report.added.push(named.name)
    return [named]
  })
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`
  return free
}

function keyOf(route: unknown): string {
  const template = templateOf(route)
  return template ? routeKey(template) : String(route)
}

function templateOf(route: unknown): RouteTemplate | undefined {
  const [method, path] = typeof route === 'string' ? route.split(' ') : []
  if (method === undefined || path === undefined) return undefined
  const template = routeTemplate(method, path)
  return template instanceof Problem ? undefined : template
}
