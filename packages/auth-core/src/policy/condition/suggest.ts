import { closestMatch } from 'leven'

/** `did you mean "account_id"?`, or what there is to choose from when nothing comes close. */
export function suggest(wrong: string, known: readonly string[]): string {
  if (known.length === 0) return 'there is nothing to choose from here'
  const close = closestMatch(wrong, known, { maxDistance: Math.max(2, Math.floor(wrong.length / 3)) })
  return close === undefined ? `choose from: ${known.join(', ')}` : `did you mean "${close}"?`
}
