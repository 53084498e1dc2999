/** Text that takes the place of a stretch of another. */
export interface TextEdit {
  /** Offsets, in UTF-16 code units. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Makes edits that do not overlap, in any order. @throws {RangeError} where they do */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) throw new RangeError(`edits overlap at ${edit.start}`)
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}
