import { type ConfigFault, spellPosition } from './config-faults.ts'

/** Longest part of a source line that is shown. */
const width = 120

/**
 * Faults for people: place, path and message, the line with a caret under the spot, and what to do.
 *
 * The line is the file's own text, so a reference is shown as `${file:…}` and never as what it stands for.
 */
export function renderFaults(faults: readonly ConfigFault[], sources: ReadonlyMap<string, string>): string {
  const lines = new Map<string, readonly string[]>()
  for (const [file, source] of sources) lines.set(file, source.split(/\r?\n/))
  return faults.map((fault) => renderFault(fault, lines.get(fault.file)?.[fault.line - 1])).join('\n\n')
}

function renderFault(fault: ConfigFault, line: string | undefined): string {
  const what = fault.path === '' ? fault.message : `${fault.path} ${fault.message}`
  return [
    `${spellPosition(fault)}: ${printable(what)}`,
    ...(line === undefined ? [] : excerpt(line, fault)),
    `  ${' '.repeat(String(fault.line).length)} = ${printable(fault.hint)}`,
  ].join('\n')
}

function excerpt(line: string, { line: number, column }: ConfigFault): string[] {
  const from = Math.max(0, column - width)
  const gutter = ' '.repeat(String(number).length)
  const before = printable(line.slice(from, column - 1))
  return [
    `  ${number} | ${printable(line.slice(from, from + width))}`,
    `  ${gutter} | ${' '.repeat(before.length)}^`,
  ]
}

/** One column for each character that a terminal would not simply show. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
}
