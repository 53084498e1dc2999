import type { PolicyChange } from './policy-change.ts'

/** The same change of several operations of one service. */
export type ChangeGroup = Omit<PolicyChange, 'operation'> & { readonly operations: readonly string[] }

/** Puts together what a reader would have to read several times; keeps the order. */
export function groupChanges(changes: readonly PolicyChange[]): readonly ChangeGroup[] {
  const groups = new Map<string, ChangeGroup & { readonly operations: string[] }>()
  for (const { operation, ...rest } of changes) {
    const key = JSON.stringify(rest)
    const group = groups.get(key) ?? { ...rest, operations: [] }
    if (operation !== null) group.operations.push(operation)
    groups.set(key, group)
  }
  return [...groups.values()]
}
