/** What the lines of a record were, of which nothing could be used. */
export type LineCounts = Readonly<
  { lines: number; torn: number } & Partial<Record<keyof typeof kinds, number>>
>

const kinds = {
  older: 'older',
  unmatched: 'of calls that this policy does not allow',
  undecided: 'of calls that ended without a verdict',
  other: 'of another kind',
  torn: 'torn',
} as const

/** Why nothing follows from a record, in words: what its lines are, or that it is no record at all. */
export function describeRecord(counts: LineCounts): string {
  const { lines, torn } = counts
  if (lines === 0) return 'it is empty'
  if (torn === lines)
    return 'none of its lines is of an audit record: give the file that gateway.audit.file names'
  const told = Object.entries(kinds).flatMap(([kind, words]) => {
    const count = counts[kind as keyof typeof kinds] ?? 0
    return count === 0 ? [] : [`${count} ${words}`]
  })
  return `lines: ${told.join(', ')}`
}
