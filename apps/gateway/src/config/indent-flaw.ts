import type { YamlFault } from './yaml-faults.ts'

/** Where an entry or a list item begins. */
interface Place {
  readonly column: number
  readonly kind: 'entry' | 'item'
}

/**
 * A line that begins at a column where nothing of its kind can: beside what is written above it, or below what
 * ends with a colon. @param line counted from 1
 */
export function indentFlaw(lines: readonly string[], line: number): YamlFault | undefined {
  const own = placesOf(lines[line - 1] ?? '')[0]
  if (!own) return undefined
  const above = openPlaces(lines.slice(0, line - 1))
  const [nearest] = above
  if (!nearest) return undefined
  if (nearest.opens && own.column > nearest.column) return undefined
  if (above.some(({ column, kind }) => column === own.column && kind === own.kind)) return undefined
  const columns = above.filter(({ kind }) => kind === own.kind).map(({ column }) => column)
  if (columns.length === 0) return undefined
  const what = own.kind === 'item' ? 'a list item' : 'an entry'
  return {
    line,
    column: own.column,
    message: `${what} that begins at column ${own.column}`,
    hint: `begin at column ${listed(columns)}, under whatever it stands beside`,
  }
}

/** What a line can stand beside, the innermost first, and whether the line above has still to get its value. */
function openPlaces(above: readonly string[]): readonly (Place & { readonly opens: boolean })[] {
  const open: (Place & { opens: boolean })[] = []
  for (const text of above.toReversed()) {
    for (const place of placesOf(text).toReversed()) {
      const inner = open.at(-1)
      const isOutside = !inner || place.column < inner.column
      // A list may stand at the column of the entry that it is the value of.
      const isOwner = inner?.kind === 'item' && place.kind === 'entry' && place.column === inner.column
      if (isOutside || isOwner) open.push({ ...place, opens: /:\s*(?:#.*)?$/.test(text) })
    }
  }
  return open
}

/** Of `  - name: value` both the item and the entry in it. */
function placesOf(text: string): readonly Place[] {
  const [, indent = '', dash] = /^( *)(- +)?(?=[^\s#])/.exec(text) ?? []
  if (!/^ *[^\s#]/.test(text)) return []
  const column = indent.length + 1
  if (dash === undefined) return [{ column, kind: 'entry' }]
  return [
    { column, kind: 'item' },
    { column: column + dash.length, kind: 'entry' },
  ]
}

function listed(columns: readonly number[]): string {
  const shown = [...new Set(columns)].map(String)
  const last = shown.pop()
  return shown.length === 0 ? `${last}` : `${shown.join(', ')} or ${last}`
}
