import { describeSchema } from './describe-schema.ts'
import type { FaultCollector } from './fault-collector.ts'
import { type Located, type Path, spellPath } from './located.ts'

/**
 * Reports entries that stand beside a name without a value and mean something only below it: YAML without a flaw,
 * of which nothing else that is said would lead to the indentation.
 *
 * @returns whether there are any
 */
export function reportMisplaced(located: Located, faults: FaultCollector, path: Path = []): boolean {
  const children = [...located.children]
  const found = children.map(([key, child], at) => {
    const own = [...path, key]
    const [name, next] = children[at + 1] ?? []
    if (child.value !== null || next === undefined) return reportMisplaced(child, faults, own)
    if (!describeSchema(own).keys.includes(String(name))) return false
    if (describeSchema(path).keys.includes(String(name))) return false
    faults.addAt(next.keyAt, {
      path: spellPath([...path, String(name)]),
      message: `stands beside ${spellPath(own)} instead of below it`,
      hint: `begin at column ${child.keyAt.column + 2}, like everything that belongs to ${spellPath([key])}`,
    })
    return true
  })
  return found.includes(true)
}
