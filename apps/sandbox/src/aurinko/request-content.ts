import { badRequest } from './api-error.ts'

/** The members of a JSON body. @throws {ApiError} 400 for anything that is no object */
export function bodyOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw badRequest('The body is not a JSON object')
}

/** A member that has to be there. @throws {ApiError} 400 unless it is a non-empty string */
export function requiredText(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw badRequest(`${name} is required`)
  return value
}

/** The members of these names, where they are text. */
export function textsOf<K extends string>(
  body: Readonly<Record<string, unknown>>,
  names: readonly K[],
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {}
  for (const name of names) {
    const value = body[name]
    if (typeof value === 'string') found[name] = value
  }
  return found
}

/** A part of a list of the application, by `limit` (default 50) and `offset`. @throws {ApiError} 400 */
export function offsetPage<T>(all: readonly T[], query: Readonly<Record<string, unknown>>) {
  const limit = Number(query.limit ?? 50)
  const offset = Number(query.offset ?? 0)
  if (!Number.isInteger(limit) || limit < 1) throw badRequest('limit is a whole number from 1')
  if (!Number.isSafeInteger(offset) || offset < 0) throw badRequest('offset is a whole number from 0')
  const records = all.slice(offset, offset + limit)
  return { offset, totalSize: all.length, done: offset + records.length >= all.length, records }
}

/** A part of a list of the provider: 20 at a time, the next by `pageToken`. @throws {ApiError} 400 */
export function tokenPage<T>(all: readonly T[], pageToken: unknown) {
  const from = pageToken === undefined ? 0 : Number(pageToken)
  if (!Number.isSafeInteger(from) || from < 0) throw badRequest('pageToken is not valid')
  const records = all.slice(from, from + pageSize)
  const next = from + records.length
  return { ...(next < all.length && { nextPageToken: String(next) }), length: records.length, records }
}

const pageSize = 20
