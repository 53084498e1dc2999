import { ApiError } from './api-error.ts'
import type { Role } from './tables.ts'

/** Which part of a list is asked for. */
export interface Page {
  readonly limit: number
  readonly offset: number
}

const roles: ReadonlySet<string> = new Set<Role>(['owner', 'member', 'viewer'])

/** A member of a JSON body that has to be there. @throws {ApiError} `invalid_request` unless it is a non-empty string */
export function requiredText(body: unknown, name: string): string {
  const value = optionalText(body, name)
  if (value === undefined || value === '') throw new ApiError('invalid_request', `${name} is required`)
  return value
}

/** A member of a JSON body that may be missing. @throws {ApiError} `invalid_request` if it is not a string */
export function optionalText(body: unknown, name: string): string | undefined {
  const value = memberOf(body, name)
  if (value !== undefined && typeof value !== 'string')
    throw new ApiError('invalid_request', `${name} is not text`)
  return value
}

/** The `role` of a body. @throws {ApiError} `invalid_request` if it is missing, `unprocessable` if it is no role */
export function requiredRole(body: unknown): Role {
  const role = requiredText(body, 'role')
  if (!isRole(role)) throw new ApiError('unprocessable', `role is one of ${[...roles].join(', ')}`)
  return role
}

/**
 * `limit` (1 to 100, default 20) and `offset` (from 0) of a query string or a body.
 *
 * @throws {ApiError} `invalid_request` for anything else
 */
export function pageOf(source: unknown): Page {
  const limit = Number(memberOf(source, 'limit') ?? 20)
  const offset = Number(memberOf(source, 'offset') ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new ApiError('invalid_request', 'limit is a whole number from 1 to 100')
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ApiError('invalid_request', 'offset is a whole number from 0')
  }
  return { limit, offset }
}

/** One page of a list, in the vendor's envelope: there is no total, a short page is the last. */
export function pageFrom<T>(all: readonly T[], { limit, offset }: Page): { data: T[] } {
  return { data: all.slice(offset, offset + limit) }
}

function memberOf(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw new ApiError('invalid_request', 'the body is not a JSON object')
  }
  return Object.entries(source).find(([key]) => key === name)?.[1]
}

function isRole(text: string): text is Role {
  return roles.has(text)
}
