import { FaableError } from './faable-error.ts'
import type { FaableQuery, Term } from './faable-ql.ts'
import type { FaableRecord } from './records.ts'

/**
 * Whether a record is what a query asks for. A flag that was never set is false; `since` and `until` bound the
 * time of creation.
 *
 * @throws {FaableError} `invalid_query` for a time that is none
 */
export function matchesQuery(record: FaableRecord, { terms, words }: FaableQuery): boolean {
  return (
    terms.every((term) => holds(record, term) !== term.negated) &&
    (words.length === 0 || mentions(record, words))
  )
}

function holds(record: FaableRecord, { field, value }: Term): boolean {
  if (field === 'since') return Date.parse(record.createdAt) >= moment(value)
  if (field === 'until') return Date.parse(record.createdAt) <= moment(value)
  return String(record[field] ?? flagsUnset[field] ?? '') === value
}

const flagsUnset: Readonly<Record<string, string>> = { suspended: 'false', email_verified: 'false' }

/** Milliseconds since the Unix epoch, or a date. */
function moment(value: string): number {
  const time = /^\d{5,}$/.test(value)
    ? Number(value)
    : /^\d{4}-\d\d-\d\d$/.test(value)
      ? Date.parse(value)
      : Number.NaN
  if (Number.isNaN(time))
    throw new FaableError('invalid_query', `${value} is neither milliseconds nor a date`)
  return time
}

function mentions(record: FaableRecord, words: readonly string[]): boolean {
  const texts = Object.values(record).filter((value) => typeof value === 'string')
  return words.some((word) => texts.some((text) => text.toLowerCase().includes(word.toLowerCase())))
}
