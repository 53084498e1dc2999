import { type Document, LineCounter, parseDocument } from 'yaml'
import type { Position } from './config-faults.ts'
import type { FaultCollector } from './fault-collector.ts'
import type { Located } from './located.ts'
import { NodeLocator } from './node-locator.ts'
import type { ReferenceSources } from './references.ts'
import { tellingErrors } from './telling-errors.ts'

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
 * @returns `undefined` for a file that cannot be read, which is reported
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
  if (reportParserFaults(document, positionOf, context.faults)) return undefined
  return new NodeLocator({ ...context, document, positionOf }).locateRoot()
}

function reportParserFaults(
  document: Document.Parsed,
  positionOf: (offset: number) => Position,
  faults: FaultCollector,
): boolean {
  const [deep] = document.errors.filter((error) => error.message.includes('call stack'))
  if (deep) {
    const message = 'is nested too deep'
    faults.addAt(positionOf(deep.pos[0]), { path: '', message, hint: 'use at most 32 levels' })
    return true
  }
  for (const error of [...tellingErrors(document.errors), ...document.warnings]) {
    faults.addAt(positionOf(error.pos[0]), {
      path: '',
      message: `is not accepted as YAML: ${error.message.replace(/\s+/g, ' ')}`,
      hint:
        hints.get(error.code) ?? 'correct the YAML at this place; text with special characters needs quotes',
    })
  }
  return document.errors.length + document.warnings.length > 0
}

const hints: ReadonlyMap<string, string> = new Map([
  ['TAG_RESOLVE_FAILED', 'tags (!name) are not used here; remove it'],
  ['MULTIPLE_DOCS', 'put each document into a file of its own; a folder of files is one configuration'],
  ['TAB_AS_INDENT', 'indent with spaces'],
])
