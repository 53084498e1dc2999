import type { Operation } from '@countersign/auth-core'
import { items, type Located } from './located.ts'

/** The operations of an upstream that some rule of some service includes. */
export function allowedOperations(
  { name, operations }: { readonly name: string; readonly operations: readonly Operation[] },
  root: Located,
): readonly Operation[] {
  const names = new Set<string>()
  const groups = new Set<string>()
  for (const service of root.children.get('services')?.children.values() ?? []) {
    for (const [, rule] of items(service, 'allow')) {
      if (rule.children.get('upstream')?.value !== name) continue
      for (const [, { value }] of items(rule, 'operations')) {
        // What is no text is reported by whoever checks the rule.
        if (typeof value !== 'string') continue
        if (value.endsWith('.*')) groups.add(value.slice(0, -1))
        else names.add(value)
      }
    }
  }
  const prefixes = [...groups]
  return operations.filter(
    (operation) => names.has(operation.name) || prefixes.some((prefix) => operation.name.startsWith(prefix)),
  )
}
