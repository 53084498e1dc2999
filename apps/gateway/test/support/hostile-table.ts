import { answersOk, type RawAnswer } from '@countersign/testkit'
import { expect } from 'vitest'
import { beginCase } from './global-checks.ts'
import { runTables, type Tables } from './run-tables.ts'
import type { Stage, StageOptions } from './stage.ts'

/** One row of the matrix: bytes, and what must come of them. */
export interface HostileRow {
  /** `D47 Expect: 100-continue`: letter, number, and what is special. */
  readonly name: string
  /** Sent as it is, a byte for each character; `$J` is a valid token of `svc-a`. */
  readonly send: string
  /** Statuses of the answers, in order; for one answer, the statuses that will do. As text: `200 401`. */
  readonly status: number | readonly number[] | RegExp
  /** Requests that the upstream sees, or the numbers that will do. Default 0. */
  readonly upstream?: number | readonly number[]
  /** Methods of the requests that are answered. Default: the first word. */
  readonly methods?: readonly string[]
  /** The gateway must say that it ends the connection, and end it. */
  readonly closes?: true
  readonly answer?: RawAnswer
  /** What else must hold. */
  readonly expect?: (stage: Stage, text: string) => void
}

/** Runs every row of these tables. @returns gives the stage, for further tests of the same file */
export function hostileTables(tables: Tables<HostileRow>, options?: StageOptions): () => Stage {
  return runTables(tables, runRow, options)
}

async function runRow(stage: Stage, row: HostileRow): Promise<void> {
  const check = await beginCase(stage)
  stage.first.answerWith(row.answer ?? answersOk())
  const { responses, bytes } = await stage.caller.send(row.send, row.methods ? { methods: row.methods } : {})
  const statuses = responses.map(({ status }) => status)
  if (row.status instanceof RegExp) expect(statuses.join(' ')).toMatch(row.status)
  else expect(statuses).toEqual(expectedStatuses(row.status, row.methods?.length ?? 1))
  const allowed = [row.upstream ?? 0].flat()
  expect(allowed, 'requests upstream').toContain(stage.first.requests.length)
  row.expect?.(stage, bytes.toString('latin1'))
  if (row.closes) expect(responses.at(-1)?.header('connection')).toBe('close')
  await check({ responses, authorised: Math.max(...allowed) })
}

function expectedStatuses(status: number | readonly number[], answers: number): unknown {
  if (typeof status === 'number') return [status]
  return answers > 1 ? status : [expect.toBeOneOf([...status])]
}
