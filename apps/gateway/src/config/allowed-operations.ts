import type { Operation } from '@countersign/auth-core'
import { items, type Located, section } from './located.ts'

/** The operations of an upstream that some rule of some service includes. */
export function allowedOperations(
  { name, operations }: { readonly name: string; readonly operations: readonly Operation[] },
  root: Located,
): readonly Operation[] {
  const patterns = [...section(root, 'services').values()]
    .flatMap((service) => items(service, 'allow'))
    .filter(([, rule]) => rule.children.get('upstream')?.value === name)
    .flatMap(([, rule]) => items(rule, 'operations').map(([, pattern]) => String(pattern.value)))
  return operations.filter((operation) => patterns.some((pattern) => includes(pattern, operation.name)))
}

function includes(pattern: string, name: string): boolean {
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
