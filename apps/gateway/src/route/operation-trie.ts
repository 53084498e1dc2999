import type { Operation } from '@countersign/auth-core'

interface Node {
  readonly literals: Map<string, Node>
  variable: Node | undefined
  readonly operations: Map<string, Operation>
}

/** What a path leads to. */
export type Match =
  | { readonly found: 'operation'; readonly operation: Operation }
  | { readonly found: 'path'; readonly allow: readonly string[] }
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
 */
export function createOperationTrie(operations: readonly Operation[]): OperationTrie {
  const root = emptyNode()
  for (const operation of operations) insert(root, operation)

  return {
    match(method, segments, from) {
      const allowed = new Set<string>()
      const operation = find(root, { method, segments, allowed }, from)
      if (operation) return { found: 'operation', operation }
      return allowed.size === 0 ? nothing : { found: 'path', allow: [...allowed].sort() }
    },
  }
}

function emptyNode(): Node {
  return { literals: new Map(), variable: undefined, operations: new Map() }
}

function insert(root: Node, operation: Operation): void {
  let node = root
  for (const segment of operation.template.slice(1).split('/')) {
    if (segment.startsWith('{')) {
      node.variable ??= emptyNode()
      node = node.variable
    } else {
      const next = node.literals.get(segment) ?? emptyNode()
      node.literals.set(segment, next)
      node = next
    }
  }
  node.operations.set(operation.method, operation)
}

interface Search {
  readonly method: string
  readonly segments: readonly string[]
  /** Methods of the nodes that the path leads to; filled while searching. */
  readonly allowed: Set<string>
}

/** Visits each node at most once, since a node lies on one path from the root: never more work than nodes. */
function find(node: Node, search: Search, at: number): Operation | undefined {
  const segment = search.segments[at]
  if (segment === undefined) {
    for (const method of node.operations.keys()) search.allowed.add(method)
    return (
      node.operations.get(search.method) ??
      (search.method === 'HEAD' ? node.operations.get('GET') : undefined)
    )
  }
  const literal = node.literals.get(segment)
  const found = literal && find(literal, search, at + 1)
  if (found) return found
  if (node.variable === undefined || segment === '') return undefined
  return find(node.variable, search, at + 1)
}
