import type { Position } from './config-faults.ts'

/** A value of a configuration together with where it stands. */
export interface Located {
  /** Plain data: null-prototype objects, arrays, scalars; references are resolved. */
  readonly value: unknown
  readonly at: Position
  /** Where its key stands; that of the item itself in a list. */
  readonly keyAt: Position
  /** How a scalar is written in the file. */
  readonly source: string
  /** Entries of a map or items of a list. */
  readonly children: ReadonlyMap<string | number, Located>
}

/** A map without entries. */
export function emptyMap(at: Position): Located {
  return { value: Object.create(null), at, keyAt: at, source: '', children: new Map() }
}

/** Names and indices that lead to a value. */
export type Path = readonly (string | number)[]

/** The deepest value on the way to a path, and whether it is the one that was asked for. */
export function locate(root: Located, path: Path): { readonly node: Located; readonly exact: boolean } {
  let node = root
  for (const key of path) {
    const child = node.children.get(key)
    if (!child) return { node, exact: false }
    node = child
  }
  return { node, exact: true }
}

/** `services.billing.allow[0].upstream` */
export function spellPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const plain = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)
    return text === '' ? plain : `${text}.${plain}`
  }, '')
}

/** The entries of a section, by name. */
export function section(root: Located, name: string): ReadonlyMap<string, Located> {
  const entries = [...(root.children.get(name)?.children ?? [])]
  return new Map(entries.map(([key, entry]) => [String(key), entry]))
}

/** The items of a list below an entry. */
export function items(entry: Located, key: string): readonly (readonly [number, Located])[] {
  return [...(entry.children.get(key)?.children ?? [])].flatMap(([index, item]) =>
    typeof index === 'number' ? [[index, item] as const] : [],
  )
}
