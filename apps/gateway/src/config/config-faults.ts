import type { Evidence } from './disk.ts'

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Something wrong with a configuration, where it is, and how to mend it. */
export interface ConfigFault extends Position {
  /** `upstreams.billing.url`; empty when it concerns a whole file. */
  readonly path: string
  /** What is wrong. Never repeats a value that came through a reference. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigFaults extends Error {
  readonly faults: readonly ConfigFault[]
  /** The text of each file read, by the name that the faults use. */
  readonly sources: ReadonlyMap<string, string>
  /** What was read and looked for, secrets included: a change of any of it is worth another try. */
  readonly evidence: Evidence

  constructor(faults: readonly ConfigFault[], read: Pick<ConfigFaults, 'sources' | 'evidence'>) {
    super(faults.map((fault) => `${spellPosition(fault)}: ${fault.path} ${fault.message}`).join('\n'))
    this.name = 'ConfigFaults'
    this.faults = faults
    this.sources = read.sources
    this.evidence = read.evidence
  }
}

/** `services/billing.yaml:12:9`, as editors and terminals understand it. */
export function spellPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`
}
