import { spellPosition } from './config-faults.ts'
import type { FaultCollector } from './fault-collector.ts'
import { type Located, spellPath } from './located.ts'
import { unresolved } from './node-locator.ts'

/**
 * The files of a configuration as one: sections are joined name by name, so that a team can own its file. A
 * name that two files define is a fault that shows both places; neither silently wins.
 *
 * @param start stands for a configuration that says nothing at all
 */
export function mergeFiles(files: readonly Located[], start: Located, faults: FaultCollector): Located {
  const sections = new Map<string, Map<string, Located>>()
  const firstOf = new Map<string, Located>()
  for (const file of files) {
    if (!isMap(file)) {
      faults.addAt(file.at, {
        path: '',
        message: 'holds no sections',
        hint: 'begin with gateway:, services:, …',
      })
      continue
    }
    for (const [section, located] of file.children) {
      const name = String(section)
      if (!firstOf.has(name)) firstOf.set(name, located)
      const names = sections.get(name) ?? new Map<string, Located>()
      sections.set(name, names)
      mergeSection(name, located, names, faults)
    }
  }
  const children = new Map<string, Located>()
  for (const [section, located] of firstOf) {
    children.set(section, withChildren(located, sections.get(section) ?? new Map()))
  }
  return withChildren(files[0] ?? start, children)
}

function mergeSection(
  section: string,
  located: Located,
  names: Map<string, Located>,
  faults: FaultCollector,
): void {
  // `services:` with nothing below it is a section without entries; a reference has been reported.
  if (located.value === null || located.value === unresolved) return
  if (!isMap(located)) {
    faults.addAt(located.at, {
      path: section,
      message: 'must be a map',
      hint: 'write entries below it, by name',
    })
    return
  }
  for (const [key, entry] of located.children) {
    const name = String(key)
    const first = names.get(name)
    if (!first) {
      names.set(name, entry)
      continue
    }
    faults.addAt(entry.keyAt, {
      path: spellPath([section, name]),
      message: `is defined twice, here and at ${spellPosition(first.keyAt)}`,
      hint: 'remove or rename one of the two',
    })
  }
}

function isMap({ value }: Located): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withChildren(located: Located, children: ReadonlyMap<string, Located>): Located {
  const value: Record<string, unknown> = Object.create(null)
  for (const [key, child] of children) value[key] = child.value
  return { ...located, value, children }
}
