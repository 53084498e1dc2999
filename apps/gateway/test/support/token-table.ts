import { KeyObject, sign } from 'node:crypto'
import { answersOk, forgeToken, type RawResponse, type SigningKey } from '@countersign/testkit'
import { expect } from 'vitest'
import { beginCase } from './global-checks.ts'
import { bare } from './request.ts'
import { runTables, type Tables } from './run-tables.ts'
import type { Stage, StageOptions } from './stage.ts'

/** One token that stands alone in `Authorization`, and what must come of it. */
export interface TokenRow {
  /** `A4 a key in the header`: letter, number, and what is special. */
  readonly name: string
  readonly token: (stage: Stage) => string | Promise<string>
  /** Default 401. */
  readonly status?: number
  /** In the problem. Default: that of what was read and is not accepted. */
  readonly code?: string
  /** What else must hold. */
  readonly expect?: (stage: Stage, response: RawResponse) => void
}

/** Runs every row of these tables. @returns gives the stage, for further tests of the same file */
export function tokenTables(tables: Tables<TokenRow>, options?: StageOptions): () => Stage {
  return runTables(tables, runRow, options)
}

async function runRow(stage: Stage, row: TokenRow): Promise<void> {
  const { status = 401, code = status === 401 ? 'identity.refused' : undefined } = row
  const token = await row.token(stage)
  // What is shorter is no credential, and would be found in anything.
  if (token.length > 60) stage.caller.remember(token)
  const check = await beginCase(stage)
  stage.first.answerWith(answersOk())
  const { responses } = await stage.caller.send(bare('GET /u1/public/x', `Authorization: Bearer ${token}`))
  const [response] = responses
  expect(response?.status).toBe(status)
  if (response === undefined) return
  if (status >= 400) expect(JSON.parse(response.text).code).toBe(code)
  if (status === 401) {
    expect(response.header('www-authenticate')).toContain('error="invalid_token"')
    expect(JSON.parse(response.text).detail, 'it does not say why').toBe(
      'The credential is missing, malformed or not accepted here.',
    )
  }
  row.expect?.(stage, response)
  await check({ responses, authorised: status === 200 ? 1 : 0 })
}

/** The claims of a good token of `svc-a`, with others laid over them. */
export function claimsOf({ issuer }: Stage, claims: object = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return { iss: issuer.issuer, aud: issuer.audience, sub: 'svc-a', iat: now, exp: now + 300, ...claims }
}

/** The header of a good token, with other members laid over it. */
export function headerOf({ issuer }: Stage, members: object = {}): Record<string, unknown> {
  const { alg, kid } = issuer.key()
  return { alg, kid, typ: 'JWT', ...members }
}

/** Header and claims as they are given, under a signature of the issuer's own ES256 key. */
export function signedAsIs(
  stage: Stage,
  header: object | string | Uint8Array,
  payload: object | string | Uint8Array,
): string {
  return forgeToken({ header, payload, sign: ecdsa(stage.issuer.key()) })
}

/** ES256 as JOSE wants it, r and s one behind the other, or as everybody else does. */
export function ecdsa(key: SigningKey, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363') {
  const privateKey = KeyObject.from(key.privateKey)
  return (input: Buffer) => sign('sha256', input, { key: privateKey, dsaEncoding })
}
