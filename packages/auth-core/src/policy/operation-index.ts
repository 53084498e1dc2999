import type { Operation } from './operation.ts'

/** The operations of one upstream, by name and by group. */
export interface OperationIndex {
  /** What a pattern stands for: `members.add` one operation, `members.*` all whose names begin with `members.`. */
  matching(pattern: string): readonly Operation[]
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
  return { matching: (pattern) => byPattern.get(pattern) ?? [] }
}
