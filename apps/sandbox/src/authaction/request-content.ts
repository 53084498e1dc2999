import { AuthActionError } from './authaction-error.ts'
import type { AuthActionSettings } from './authaction-options.ts'

/** The fields of a JSON body but its id, which is the server's. @throws {AuthActionError} 400 unless it is an object */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AuthActionError(400, 'the body is not a JSON object')
  }
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'id'))
}

/** A member that has to be text. @throws {AuthActionError} 400 */
export function requiredText(body: unknown, name: string): string {
  const value = fieldsOf(body)[name]
  if (typeof value === 'string' && value !== '') return value
  throw new AuthActionError(400, `${name} should not be empty`)
}

/** A member that has to be a list of ids. @throws {AuthActionError} 400 */
export function requiredIds(body: unknown, name: string): readonly string[] {
  const value = fieldsOf(body)[name]
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value
  throw new AuthActionError(400, `${name} must be a list of ids`)
}

/**
 * A list as this tenant sends it. `page` (from 1) and `limit` are assumed; without them everything comes.
 *
 * @throws {AuthActionError} 400 for numbers that are none
 */
export function listOf(
  all: Iterable<unknown>,
  parameters: URLSearchParams,
  { usersEnvelope }: AuthActionSettings,
): unknown {
  const items = [...all]
  const limit = Number(parameters.get('limit') ?? (items.length || 1))
  const page = Number(parameters.get('page') ?? 1)
  if (!Number.isInteger(limit) || !Number.isInteger(page) || limit < 1 || page < 1) {
    throw new AuthActionError(400, 'page and limit are whole numbers from 1')
  }
  const part = items.slice((page - 1) * limit, page * limit)
  return usersEnvelope === 'array' ? part : { data: part }
}
