import { FaableError } from './faable-error.ts'

/** `field:value` or `field!:value`. */
export interface Term {
  readonly field: string
  readonly value: string
  readonly negated: boolean
}

/** A query, parsed: every term has to hold, and one of the words has to occur. */
export interface FaableQuery {
  readonly terms: readonly Term[]
  readonly words: readonly string[]
}

const term = /\s*([A-Za-z0-9_-]+)\s*(!?:)\s*([A-Za-z0-9_@.-]+)/y
const fullText = /^\s*(?:"([A-Za-z0-9]+)"|([A-Za-z0-9]+(?:\s+[A-Za-z0-9]+)*))?\s*$/

/**
 * Parses FaableQL as the vendor's public grammar has it: terms, then words. A value holds letters, digits and
 * `_ - @ .` and nothing else, so a time of day (it has colons) cannot be one.
 *
 * @throws {FaableError} `invalid_query`
 */
export function parseFaableQl(text: string, queryable: ReadonlySet<string>): FaableQuery {
  const terms: Term[] = []
  let at = 0
  while (true) {
    term.lastIndex = at
    const [, field, operator, value] = term.exec(text) ?? []
    if (field === undefined || value === undefined) break
    if (!queryable.has(field))
      throw new FaableError('invalid_query', `${field} is not a valid field to query`)
    terms.push({ field, value, negated: operator === '!:' })
    at = term.lastIndex
  }
  const rest = fullText.exec(text.slice(at))
  if (rest === null) throw new FaableError('invalid_query', 'the query could not be parsed')
  const words = (rest[1] ?? rest[2] ?? '').split(/\s+/).filter((word) => word !== '')
  return { terms, words }
}
