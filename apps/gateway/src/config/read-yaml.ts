import { type Document, LineCounter, parseDocument } from 'yaml'
import type { Position } from './config-faults.ts'
import type { FaultCollector } from './fault-collector.ts'
import type { Located } from './located.ts'
import { reportMisplaced } from './misplaced-entries.ts'
import { NodeLocator } from './node-locator.ts'
import type { ReferenceSources } from './references.ts'
import { yamlFaults } from './yaml-faults.ts'

/** What a file is read with. */
export interface YamlContext {
  readonly file: string
  readonly references: ReferenceSources
  readonly faults: FaultCollector
}

/**
 * One file as located values, references resolved. YAML 1.2, one document: `yes` and `0777` mean no booleans
 * or octals, duplicate keys and unknown tags are faults, aliases are bounded, merge keys do not exist.
 *
 * @returns `undefined` for a file that cannot be read, or not as it was meant, which is reported
 */
export function readYaml(text: string, context: YamlContext): Located | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    // The locator reports them: the parser compares each key with all before it.
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    lineCounter: lines,
    // 'silent' would also silence the error about a second document.
    logLevel: 'error',
  })
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file: context.file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (reportParserFaults(text, document, { file: context.file, faults: context.faults, positionOf }))
    return undefined
  const root = new NodeLocator({ ...context, document, positionOf }).locateRoot()
  return root && reportMisplaced(root, context.faults) ? undefined : root
}

interface Reporting {
  readonly file: string
  readonly faults: FaultCollector
  readonly positionOf: (offset: number) => Position
}

function reportParserFaults(
  text: string,
  { errors, warnings }: Document.Parsed,
  { file, faults, positionOf }: Reporting,
): boolean {
  const deep = errors.find((error) => error.message.includes('call stack'))
  if (deep) {
    const message = 'is nested too deep'
    faults.addAt(positionOf(deep.pos[0]), { path: '', message, hint: 'use at most 32 levels' })
    return true
  }
  const found = [...yamlFaults(text, errors), ...yamlFaults(text, warnings)]
  for (const { line, column, ...fault } of found) faults.addAt({ file, line, column }, { path: '', ...fault })
  return found.length > 0
}
