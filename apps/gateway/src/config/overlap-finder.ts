import type { Operation } from '@countersign/auth-core'

/** As much of an operation as its route. */
export type Routed = Pick<Operation, 'name' | 'method' | 'template'>

/**
 * Finds operations whose routes one request could both mean.
 *
 * Two routes of one method overlap when a path fits both and neither is the more precise one: equal but for
 * the names of variables, or crossing, as `/a/{x}/c` and `/a/b/{y}` do. `/a/b` beside `/a/{x}` is no overlap:
 * every path of the first is one of the second, and the literal wins.
 */
export class OverlapFinder {
  readonly #root = emptyNode()

  /** Adds an operation. @returns the name of one that it overlaps with, if any */
  add({ name, method, template }: Routed): string | undefined {
    const segments = template
      .slice(1)
      .split('/')
      .map((segment) => (segment.startsWith('{') ? variable : segment))
    const overlap = find(this.#root, { method, segments, precision: 'equal' }, 0)
    insert(this.#root, segments).names.set(method, name)
    return overlap
  }
}

const variable: unique symbol = Symbol('variable')

type Segment = string | typeof variable

interface Node {
  readonly children: Map<Segment, Node>
  /** Operation by method. */
  readonly names: Map<string, string>
}

/** Which of two routes has been the more precise one, on the segments so far. */
type Precision = 'equal' | 'new' | 'known' | 'crossing'

interface Search {
  readonly method: string
  readonly segments: readonly Segment[]
  readonly precision: Precision
}

function emptyNode(): Node {
  return { children: new Map(), names: new Map() }
}

function insert(root: Node, segments: readonly Segment[]): Node {
  let node = root
  for (const segment of segments) {
    const next = node.children.get(segment) ?? emptyNode()
    node.children.set(segment, next)
    node = next
  }
  return node
}

/** Walks the known routes that share a path with the new one. */
function find(node: Node, search: Search, at: number): string | undefined {
  const segment = search.segments[at]
  if (segment === undefined) {
    const ambiguous = search.precision === 'equal' || search.precision === 'crossing'
    return ambiguous ? node.names.get(search.method) : undefined
  }
  for (const [known, child] of meeting(node, segment)) {
    const precision = compare(search.precision, segment, known)
    const found = find(child, { ...search, precision }, at + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** The children that a path could go through which also fits this segment; a variable is never empty. */
function meeting(node: Node, segment: Segment): readonly (readonly [Segment, Node])[] {
  if (segment === variable) return [...node.children].filter(([known]) => known !== '')
  const candidates: readonly Segment[] = segment === '' ? [''] : [segment, variable]
  return candidates.flatMap((known) => {
    const child = node.children.get(known)
    return child ? [[known, child] as const] : []
  })
}

function compare(soFar: Precision, fresh: Segment, known: Segment): Precision {
  if (fresh === known) return soFar
  const here = fresh === variable ? 'known' : 'new'
  return soFar === 'equal' || soFar === here ? here : 'crossing'
}
