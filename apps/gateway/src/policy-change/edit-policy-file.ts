import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml'
import type { SmallerRule } from './shrink-policy.ts'
import { applyTextEdits, type TextEdit } from './text-edit.ts'
import { removeItems, replaceItems } from './yaml-list-edits.ts'

/** A configuration file with smaller rules in it. */
export interface EditedFile {
  readonly text: string
  /** Rules that could not be edited: an anchor or an alias makes them part of something else. */
  readonly left: readonly SmallerRule[]
}

/**
 * Writes smaller rules into a configuration file. The document says where things stand; the text is changed
 * there and nowhere else, so that comments, order and layout stay as their author left them.
 */
export function editPolicyFile(text: string, rules: readonly SmallerRule[]): EditedFile {
  const document = parseDocument(text)
  const left: SmallerRule[] = []
  const edits: TextEdit[] = []
  for (const [service, own] of Map.groupBy(rules, (rule) => rule.service)) {
    const allow = listAt(document.contents, ['services', service, 'allow'])
    const [shared, free] = partition(own, ({ index }) => !allow || isShared(allow.items[index]))
    left.push(...shared)
    if (!allow) continue
    const gone = new Set(free.filter(({ keep }) => keep.size === 0).map(({ index }) => index))
    edits.push(...removeItems(text, allow, gone))
    for (const rule of free) if (!gone.has(rule.index)) edits.push(...narrow(text, allow, rule))
  }
  return { text: applyTextEdits(text, edits), left }
}

function narrow(text: string, allow: YAMLSeq, { index, rule, keep, scopes }: SmallerRule): TextEdit[] {
  const entry = allow.items[index]
  const operations = listAt(entry, ['operations'])
  const edits = operations ? replaceItems(text, operations, replacements(rule, keep)) : []
  const written = scopes === undefined ? undefined : listAt(entry, ['scopes'])
  if (!written || !scopes) return edits
  const same = written.items.map((item) => [textOf(item)].filter((scope) => scopes.includes(scope)))
  return [...edits, ...replaceItems(text, written, same)]
}

/** What stands in place of each pattern: itself where all of it stays, otherwise what stays of it. */
function replacements(
  { patterns, operations }: SmallerRule['rule'],
  keep: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const written = new Set<string>()
  return patterns.map((pattern) => {
    const names = [...operations].map(({ name }) => name).filter((name) => matches(pattern, name))
    const staying = names.filter((name) => keep.has(name))
    const fresh = staying.filter((name) => !written.has(name))
    for (const name of fresh) written.add(name)
    return staying.length === names.length && fresh.length > 0 ? [pattern] : fresh
  })
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** A list that is written here and only here; `undefined` where an anchor or an alias is on the way. */
function listAt(start: unknown, path: readonly string[]): YAMLSeq | undefined {
  let node = start
  for (const key of path) {
    if (!isMap(node) || node.anchor !== undefined) return undefined
    node = node.get(key, true)
  }
  return isSeq(node) && !isShared(node) ? node : undefined
}

/** Does something in it stand elsewhere too, or come from elsewhere? */
function isShared(node: unknown): boolean {
  if (isAlias(node) || (isNode(node) && node.anchor !== undefined)) return true
  return childrenOf(node).some(isShared)
}

function childrenOf(node: unknown): readonly unknown[] {
  if (isSeq(node)) return node.items
  return isMap(node) ? node.items.map(({ value }) => value) : []
}

function textOf(item: unknown): string {
  return isScalar(item) ? String(item.value) : ''
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
