import { type Operation, TextMap } from '@countersign/auth-core'

interface Node {
  /** `undefined` without any: most nodes end a path or have a variable, and a thousand empty maps take memory and time. */
  literals: Literals | undefined
  variable: Node | undefined
  readonly operations: Map<string, Operation>
}

interface Literals {
  readonly exact: TextMap<Node>
  /** The same by their lower case; several only where they differ in nothing else. */
  readonly folded: Map<string, readonly Node[]>
}

/** What a path leads to. */
export type Match =
  | { readonly found: 'operation'; readonly operation: Operation }
  | { readonly found: 'path'; readonly allow: readonly string[] }
  | { readonly found: 'ambiguous'; readonly names: readonly string[] }
  | { readonly found: 'nothing' }

/** The operations of one upstream, found by method and path. */
export interface OperationTrie {
  match(method: string, segments: readonly string[], from: number): Match
}

const nothing: Match = { found: 'nothing' }

/**
 * Builds the trie once per load. A look-up takes one step a segment, whatever the number of operations.
 *
 * A literal segment wins over a variable at the same place. HEAD is served by the operation for GET, since
 * its answer says nothing that GET's does not (RFC 9110 9.3.2), unless an operation names HEAD itself.
 *
 * Routes may cross, as `/a/{x}/c` and `/a/b/{y}` do in real APIs. A path that fits both, `/a/b/c`, is refused: which
 * of the two the upstream would take is anybody's guess, and policy must not guess.
 */
export function createOperationTrie(operations: readonly Operation[]): OperationTrie {
  const root = emptyNode()
  for (const operation of operations) insert(root, operation)

  return {
    match(method, segments, from) {
      const search: Search = { method, segments, first: undefined, others: undefined }
      visit(root, search, from)
      const { first, others } = search
      if (first === undefined) return withoutMatch(nodesOf(root, segments, from))
      const crossing = others?.find((other) => isMorePreciseSomewhere(other.template, first.template))
      return crossing
        ? { found: 'ambiguous', names: [first.name, crossing.name] }
        : { found: 'operation', operation: first }
    },
  }
}

function emptyNode(): Node {
  return { literals: undefined, variable: undefined, operations: new Map() }
}

function insert(root: Node, operation: Operation): void {
  let node = root
  for (const segment of operation.template.slice(1).split('/')) {
    if (segment.startsWith('{')) {
      node.variable ??= emptyNode()
      node = node.variable
    } else {
      node.literals ??= { exact: new TextMap(), folded: new Map() }
      node = node.literals.exact.get(segment) ?? addLiteral(node.literals, segment)
    }
  }
  node.operations.set(operation.method, operation)
}

function addLiteral({ exact, folded }: Literals, segment: string): Node {
  const node = emptyNode()
  exact.set(segment, node)
  const key = segment.toLowerCase()
  folded.set(key, [...(folded.get(key) ?? []), node])
  return node
}

interface Search {
  readonly method: string
  readonly segments: readonly string[]
  /** The operation that the path leads to; of several, the one with the leftmost literal. */
  first: Operation | undefined
  /** The rest, and what the path leads to for whoever does not regard case. */
  others: Operation[] | undefined
}

/**
 * Visits each node at most once, since a node lies on one path from the root: never more work than nodes. A value that
 * is a literal in another case, or at the end of the path one with an ending (`export.json`), is followed as that as
 * well: many servers route without regard to case, and some take the ending for the format of the answer.
 */
function visit(node: Node, search: Search, at: number, isFolded = false): void {
  const segment = search.segments[at]
  if (segment === undefined) {
    const { method, first } = search
    const operation =
      node.operations.get(method) ?? (method === 'HEAD' ? node.operations.get('GET') : undefined)
    if (operation === undefined) return
    if (first === undefined && !isFolded) search.first = operation
    else search.others = [...(search.others ?? []), operation]
    return
  }
  const { literals } = node
  const literal = literals?.exact.get(segment)
  if (literal) visit(literal, search, at + 1, isFolded)
  if (node.variable === undefined || segment === '') return
  visit(node.variable, search, at + 1, isFolded)
  if (literal || literals === undefined) return
  for (const other of literalsLike(segment, literals)) visit(other, search, at + 1, true)
  if (at === search.segments.length - 1 && segment.includes('.')) {
    for (const other of literalsLike(withoutEnding(segment), literals)) visit(other, search, at + 1, true)
  }
}

function literalsLike(segment: string, { folded }: Literals): readonly Node[] {
  return folded.get(segment.toLowerCase()) ?? []
}

function withoutEnding(segment: string): string {
  return segment.slice(0, segment.lastIndexOf('.'))
}

/** Where the path leads, whatever the method. */
function nodesOf(node: Node, segments: readonly string[], at: number): Node[] {
  const segment = segments[at]
  if (segment === undefined) return [node]
  const literal = node.literals?.exact.get(segment)
  const ways = segment === '' ? [literal] : [literal, node.variable]
  return ways.flatMap((next) => (next ? nodesOf(next, segments, at + 1) : []))
}

/** The path leads to other methods, or nowhere. */
function withoutMatch(nodes: readonly Node[]): Match {
  const allow = new Set(nodes.flatMap(({ operations }) => [...operations.keys()]))
  return allow.size === 0 ? nothing : { found: 'path', allow: [...allow].sort() }
}

/** Has this template a literal where the other, which fits the same path, has a variable? */
function isMorePreciseSomewhere(template: string, other: string): boolean {
  const theirs = other.split('/')
  return template.split('/').some((segment, at) => !segment.startsWith('{') && theirs[at]?.startsWith('{'))
}
