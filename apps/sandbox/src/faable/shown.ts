import type { FaableRecord } from './records.ts'
import type { Resource } from './resources.ts'

/** A record as the API shows it after it was made: without its secret. */
export function shown({ secret }: Resource, record: FaableRecord): FaableRecord {
  if (secret === undefined) return record
  const { [secret]: _hidden, ...rest } = record
  // The four fields of every record are none of its secrets, which a computed name cannot say.
  const { id, account, createdAt, updatedAt } = record
  return { ...rest, id, account, createdAt, updatedAt }
}
