import { randomBytes } from 'node:crypto'

/** What every resource has in common. Timestamps are camelCase in snake_case objects, as the vendor's are. */
export interface FaableRecord {
  readonly id: string
  readonly account: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly [field: string]: unknown
}

/** Records in order of creation, each with a number by which a cursor can go on where it stopped. */
export interface RecordTable {
  get(id: string): FaableRecord | undefined
  /** Puts a record in, or in the place of the one with its id. */
  put(record: FaableRecord): FaableRecord
  remove(id: string): boolean
  all(): readonly FaableRecord[]
  /** Whatever was put in after the record of that number, which may be gone by now. */
  after(number: number): readonly { readonly number: number; readonly record: FaableRecord }[]
  clear(): void
}

/** A table with nothing in it. */
export function createRecordTable(): RecordTable {
  const rows = new Map<string, { readonly number: number; readonly record: FaableRecord }>()
  let last = 0
  return {
    get: (id) => rows.get(id)?.record,
    put(record) {
      last += 1
      rows.set(record.id, { number: rows.get(record.id)?.number ?? last, record })
      return record
    },
    remove: (id) => rows.delete(id),
    all: () => [...rows.values()].map(({ record }) => record),
    after: (number) => [...rows.values()].filter((row) => row.number > number),
    clear: () => rows.clear(),
  }
}

/** A new id; prefixes are assumed, and opaque to a client. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
