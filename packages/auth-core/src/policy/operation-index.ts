import type { Operation } from './operation.ts'

/** The operations of one upstream, by name and by group. */
export interface OperationIndex {
  /** What a pattern stands for: `members.add` one operation, `members.*` all whose names begin with `members.`. */
  matching(pattern: string): readonly Operation[]
  /** What these patterns stand for together. The same patterns give the same set: a thousand services may be allowed one. */
  union(patterns: readonly string[]): ReadonlySet<Operation>
}

/** Builds the index once per load, so that a policy of any size compiles in time linear to what it grants. */
export function createOperationIndex(operations: readonly Operation[]): OperationIndex {
  const byPattern = new Map<string, Operation[]>()
  const add = (pattern: string, operation: Operation) => {
    const known = byPattern.get(pattern)
    if (known) known.push(operation)
    else byPattern.set(pattern, [operation])
  }

  for (const operation of operations) {
    add(operation.name, operation)
    for (let dot = operation.name.indexOf('.'); dot !== -1; dot = operation.name.indexOf('.', dot + 1)) {
      add(`${operation.name.slice(0, dot)}.*`, operation)
    }
  }

  const matching = (pattern: string) => byPattern.get(pattern) ?? []
  const unions = new Map<string, ReadonlySet<Operation>>()
  function union(patterns: readonly string[]): ReadonlySet<Operation> {
    const key = JSON.stringify(patterns)
    const known = unions.get(key)
    if (known) return known
    const made = new Set(patterns.flatMap(matching))
    unions.set(key, made)
    return made
  }
  return { matching, union }
}
