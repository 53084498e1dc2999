import type { ConfigFault, Position } from './config-faults.ts'
import { type Located, locate, type Path, spellPath } from './located.ts'

/** A fault at a path; where that is in which file is looked up. */
export interface FaultAtPath {
  readonly path: Path
  readonly message: string
  readonly hint: string
  /** Point at the key rather than at the value. */
  readonly atKey?: boolean
}

/** Gathers the faults of one load. */
export class FaultCollector {
  readonly #faults: ConfigFault[] = []
  readonly #paths = new Set<string>()
  /** Those paths and all above them. */
  readonly #above = new Set<string>()

  /** A fault at a place that is known. */
  addAt({ file, line, column }: Position, fault: Pick<ConfigFault, 'path' | 'message' | 'hint'>): void {
    const { path, message, hint } = fault
    this.#faults.push({ file, line, column, path, message, hint })
    this.#paths.add(path)
    this.#above.add(path)
    for (const { index } of path.matchAll(/[.[]/g)) this.#above.add(path.slice(0, index))
  }

  /** A fault at a path. What is not there is reported at the key of the nearest thing that is. */
  add(root: Located, { path, message, hint, atKey = false }: FaultAtPath): void {
    const { node, exact } = locate(root, path)
    const hasPlace = exact && !atKey && node.value !== null
    this.addAt(hasPlace ? node.at : node.keyAt, { path: spellPath(path), message, hint })
  }

  /** A fault that only says more than a plainer one when there is no plainer one at that path. */
  addUnlessFaulted(root: Located, fault: FaultAtPath): void {
    if (!this.#paths.has(spellPath(fault.path))) this.add(root, fault)
  }

  /** Is there a fault at this path or below it? */
  hasBelow(path: Path): boolean {
    return this.#above.has(spellPath(path))
  }

  /** How many there are so far. */
  get count(): number {
    return this.#faults.length
  }

  /** Every fault, in the order of the files and of the places in them. */
  sorted(): readonly ConfigFault[] {
    return this.#faults.toSorted((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column)
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
