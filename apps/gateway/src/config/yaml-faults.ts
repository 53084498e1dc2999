import type { YAMLError } from 'yaml'
import { indentFlaw } from './indent-flaw.ts'

/** What keeps a text from being YAML, and where; line and column count from 1. */
export interface YamlFault {
  readonly line: number
  readonly column: number
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/**
 * The errors of the parser in words about what is written there, without those that only follow from others: once
 * a bracket or an indentation is lost, every token after it is unexpected.
 */
export function yamlFaults(text: string, errors: readonly YAMLError[]): readonly YamlFault[] {
  const lines = text.split(/\r?\n/)
  const placed = errors.map((error) => {
    const before = text.slice(0, error.pos[0]).split('\n')
    return { error, line: before.length, column: (before.at(-1) ?? '').length + 1 }
  })
  const telling = placed.filter(({ error }, at) => at === 0 || !following.has(error.code))
  return telling.map((place) => faultOf(place, lines, placed.length > 1))
}

interface Placed {
  readonly error: YAMLError
  readonly line: number
  readonly column: number
}

const following: ReadonlySet<string> = new Set([
  'UNEXPECTED_TOKEN',
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
])

/** Errors that have most often to do with where a line begins. */
const structural: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
])

function faultOf({ error, line, column }: Placed, lines: readonly string[], hasMore: boolean): YamlFault {
  const { code, message } = error
  const written = lines[line - 1] ?? ''
  if (structural.has(code) && !/^(?:Flow|Missing closing)/.test(message)) {
    const flaw = lineFlaw(written, line) ?? lineFlaw(lines[line - 2] ?? '', line - 1)
    const misplaced =
      indentFlaw(lines, line) ??
      (hasMore || !isContent(written) ? indentFlaw(lines, nextLine(lines, line)) : undefined)
    const found = flaw ?? misplaced
    if (found) return { ...found, message: `is not accepted as YAML: ${found.message}` }
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return { line, column, message: 'is not accepted as YAML: a second ": " in one value', hint: quoted }
  return {
    line,
    column,
    message: `is not accepted as YAML: ${message.replace(/\s+/g, ' ')}`,
    hint: hints.find(([sign]) => sign.test(`${code} ${message}`))?.[1] ?? otherwise,
  }
}

/** A line that is neither an entry nor a list item, and was clearly meant to be one. */
function lineFlaw(written: string, line: number): YamlFault | undefined {
  const column = written.search(/\S/) + 1
  if (/^\s*-[^\s-]/.test(written))
    return { line, column, message: 'a list item without a space', hint: 'write a space after the hyphen' }
  if (/^\s*(?:- )?[\w.-]+:[^\s:]/.test(written))
    return { line, column, message: 'an entry without a space', hint: 'write a space after the colon' }
  if (/^\s*(?:- )?[\w.-]+ [^:]*(?::\S[^:]*)*$/.test(written) && !/[[\]{}"'#|>]/.test(written))
    return {
      line,
      column,
      message: 'an entry without a colon',
      hint: 'write name: value, with a colon and a space',
    }
  return undefined
}

function nextLine(lines: readonly string[], line: number): number {
  const next = lines.findIndex((text, at) => at >= line && isContent(text))
  return next === -1 ? line : next + 1
}

function isContent(text: string): boolean {
  return /^\s*[^\s#]/.test(text)
}

const quoted = 'put the value into quotes'
const otherwise = 'correct the YAML at this place; text with special characters needs quotes'
const hints: readonly (readonly [RegExp, string])[] = [
  [/^TAG_RESOLVE_FAILED/, 'tags (!name) are not used here; remove it'],
  [/^MULTIPLE_DOCS/, 'put each document into a file of its own; a folder of files is one configuration'],
  [/^TAB_AS_INDENT/, 'indent with spaces'],
  [/Flow sequence/, 'a list that begins with [ above has to end with ] before this line'],
  [/Flow map/, 'a map that begins with { above has to end with } before this line'],
  [/Missing closing/, 'a text that begins with a quote above has to end with one'],
]
