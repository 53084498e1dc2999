import { closestMatch } from 'leven'

/** `did you mean "users.create"?`, or what there is to choose from when nothing comes close. */
export function suggest(wrong: string, known: Iterable<string>): string {
  const candidates = [...known]
  if (candidates.length === 0) return 'there is none so far'
  const maxDistance = Math.max(2, Math.floor(wrong.length / 3))
  const close = closestMatch(wrong, candidates, { maxDistance })
  if (close !== undefined && wrong !== '') return `did you mean "${close}"?`
  const shown = candidates.slice(0, 12).join(', ')
  return `choose from: ${shown}${candidates.length > 12 ? ', …' : ''}`
}
