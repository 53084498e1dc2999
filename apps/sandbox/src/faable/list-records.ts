import { FaableError, invalidFields } from './faable-error.ts'
import type { FaableSettings } from './faable-options.ts'
import { type FaableQuery, parseFaableQl } from './faable-ql.ts'
import { matchesQuery } from './matches-query.ts'
import type { FaableRecord } from './records.ts'
import { type Resource, resources } from './resources.ts'
import { shown } from './shown.ts'
import type { Tables } from './tables.ts'

/** A page of a list; `next` is the cursor of the following one, `null` on the last. */
export interface RecordList {
  readonly results: readonly object[]
  readonly next: string | null
}

/** What a list is taken from. */
export interface ListSource {
  readonly tables: Tables
  readonly resource: Resource
  readonly settings: FaableSettings
  /** Which records belong to the list at all. Default: all. */
  readonly within?: (record: FaableRecord) => boolean
}

/**
 * One page, by the parameters that all lists of this vendor share: `query` (FaableQL), `q` (words), `expand`,
 * `pageSize` (1 to 200, default 30) and the cursor.
 *
 * @throws {FaableError} `invalid_query`, `invalid_expand`, `validation_error`, `bad_request` for a bad cursor
 */
export function listRecords(
  parameters: URLSearchParams,
  { tables, resource, settings, within = () => true }: ListSource,
): RecordList {
  const query = queryOf(parameters, resource)
  const expand = expandOf(parameters, resource)
  const size = pageSizeOf(parameters)
  const found = tables[resource.name]
    .after(positionOf(parameters, settings))
    .filter(({ record }) => within(record) && matchesQuery(record, query))
  const page = found.slice(0, size)
  const last = page.at(-1)
  return {
    results: page.map(({ record }) => inlined(shown(resource, record), { tables, resource, expand })),
    next: found.length > size && last !== undefined ? cursorAt(last.number) : null,
  }
}

function queryOf(parameters: URLSearchParams, { queryable }: Resource): FaableQuery {
  const query = parseFaableQl(parameters.get('query') ?? '', queryable)
  const words = (parameters.get('q') ?? '').split(/\s+/).filter((word) => word !== '')
  // `category` is the one filter that the vendor's pages show as a parameter of its own.
  const category = parameters.get('category')
  const terms =
    category !== null && queryable.has('category')
      ? [...query.terms, { field: 'category', value: category, negated: false }]
      : query.terms
  return { terms, words: [...query.words, ...words] }
}

function expandOf(parameters: URLSearchParams, { expandable }: Resource): readonly string[] {
  const names = (parameters.get('expand') ?? '').split(',').filter((name) => name !== '')
  for (const name of names) {
    if (!expandable.has(name)) throw new FaableError('invalid_expand', `${name} cannot be expanded here`)
  }
  return names
}

function pageSizeOf(parameters: URLSearchParams): number {
  const text = parameters.get('pageSize') ?? '30'
  const size = Number(text)
  if (/^\d{1,3}$/.test(text) && size >= 1 && size <= 200) return size
  throw invalidFields({ path: 'pageSize', message: 'is a whole number from 1 to 200' })
}

function positionOf(parameters: URLSearchParams, { cursorParam }: FaableSettings): number {
  const names = cursorParam === 'both' ? ['cursor', 'next'] : [cursorParam]
  const cursor = names.map((name) => parameters.get(name)).find((value) => value)
  if (!cursor) return 0
  const [, number] = /^at:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (number === undefined) throw new FaableError('bad_request', 'the cursor is none of this list')
  return Number(number)
}

function cursorAt(number: number): string {
  return Buffer.from(`at:${number}`).toString('base64url')
}

interface Expansion {
  readonly tables: Tables
  readonly resource: Resource
  readonly expand: readonly string[]
}

function inlined(record: FaableRecord, { tables, resource, expand }: Expansion): object {
  const objects = expand.map((name) => {
    const target = resource.expandable.get(name)
    const found = target && tables[target].get(String(record[name]))
    return [name, target && found ? shown(resources[target], found) : record[name]]
  })
  return { ...record, ...Object.fromEntries(objects) }
}
