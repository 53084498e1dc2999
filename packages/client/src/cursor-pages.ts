import type { Accept } from './call.ts'

/** One page; `next` is the cursor of the following one, `null` on the last. */
export interface CursorPage<T> {
  readonly results: readonly T[]
  readonly next: string | null
}

/**
 * A list that is fetched page by page, and only as far as it is read: `for await (const user of …)`. Each loop
 * starts at the beginning. A call that fails ends the loop with its error; what was read before stays good.
 */
export interface CursorPages<T> extends AsyncIterable<T> {
  /** One request: the first page. */
  first(): Promise<CursorPage<T>>
  /** Page by page. */
  pages(): AsyncIterable<CursorPage<T>>
}

/** Asks for the page at a cursor (the first one without); an answer that `accept` does not accept is an error. */
export type FetchPage<T> = (
  cursor: string | undefined,
  accept: Accept<CursorPage<T>>,
) => Promise<CursorPage<T>>

/** Walks a list by its cursors. One that comes back for a second time would go round for ever: it is refused. */
export function cursorPages<T>(fetchPage: FetchPage<T>, acceptItem: Accept<T>): CursorPages<T> {
  async function* pages(): AsyncGenerator<CursorPage<T>, void, undefined> {
    const seen = new Set<string>()
    const accept = isPageOf(acceptItem, seen)
    let cursor: string | undefined
    do {
      const page = await fetchPage(cursor, accept)
      yield page
      cursor = page.next ?? undefined
      if (cursor !== undefined) seen.add(cursor)
    } while (cursor !== undefined)
  }
  return {
    pages,
    first: () => fetchPage(undefined, isPageOf(acceptItem, new Set())),
    async *[Symbol.asyncIterator]() {
      for await (const { results } of pages()) yield* results
    },
  }
}

function isPageOf<T>(acceptItem: Accept<T>, seen: ReadonlySet<string>): Accept<CursorPage<T>> {
  return (value): value is CursorPage<T> =>
    typeof value === 'object' &&
    value !== null &&
    'results' in value &&
    Array.isArray(value.results) &&
    value.results.every(acceptItem) &&
    'next' in value &&
    (value.next === null || (typeof value.next === 'string' && value.next !== '' && !seen.has(value.next)))
}
