import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { accountOf } from './accounts.ts'
import { ApiError } from './api-error.ts'
import type { AurinkoSettings } from './aurinko-options.ts'
import type { Account, Tables } from './tables.ts'

/** Who a request is from. */
export interface Credentials {
  /** That it is from the application. @throws {ApiError} 401 */
  requireApplication(req: Request): void
  /**
   * The account that it is for: by its token, or by the application with the account's id.
   *
   * @param scope what the consent must have covered; one that reads and writes covers reading
   * @throws {ApiError} 401, and 403 without the scope (assumed: what is said then is not public)
   */
  requireAccount(req: Request, scope?: string): Account
}

/**
 * The two ways in: the application by HTTP Basic, and an account by its token; the application may also name
 * an account in `X-Aurinko-Account-Id` and do without that account's token.
 */
export function createCredentials(tables: Tables, settings: AurinkoSettings): Credentials {
  return {
    requireApplication(req) {
      if (!isApplication(req, settings)) throw refused()
    },
    requireAccount(req, scope) {
      const named = req.headers['x-aurinko-account-id']
      const isNamed = typeof named === 'string' && isApplication(req, settings)
      const account = isNamed ? accountOf(tables, Number(named)) : bearerAccount(req, tables)
      if (scope === undefined || covers(account.authScopes, scope)) return account
      throw new ApiError(403, 'forbidden', `The account has not consented to ${scope}`)
    },
  }
}

/** RFC 7617. An id or secret with a colon in it cannot be told apart, so this compares the whole. */
function isApplication(req: Request, { clientId, clientSecret }: AurinkoSettings): boolean {
  const encoded = /^Basic ([\w+/]+=*)$/i.exec(req.headers.authorization ?? '')?.[1] ?? ''
  const given = Buffer.from(encoded, 'base64')
  const expected = Buffer.from(`${clientId}:${clientSecret}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function bearerAccount(req: Request, tables: Tables): Account {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1] ?? ''
  const account = tables.accounts.get(tables.tokens.get(token) ?? Number.NaN)
  if (account === undefined) throw refused()
  if (account.tokenStatus === 'dead') throw new ApiError(401, 'token.dead', 'Not authorized')
  if (account.tokenStatus === 'invalid') {
    throw new ApiError(401, 'token.refresh.failed', 'Invalid data: refreshToken missing')
  }
  return account
}

function covers(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes(scope.replace(/Read$/, 'ReadWrite'))
}

function refused(): ApiError {
  return new ApiError(401, 'unauthorized', 'unauthorized')
}
