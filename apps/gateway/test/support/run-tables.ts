import { afterAll, beforeAll, describe, it } from 'vitest'
import { openStage, type Stage, type StageOptions } from './stage.ts'

/** Rows by the title of their table. */
export type Tables<Row> = Readonly<Record<string, readonly Row[]>>

/**
 * Runs every table of a file against one gateway process.
 *
 * @param run one row, with the checks that hold after every case
 * @returns gives the stage, for further tests of the same file
 */
export function runTables<Row extends { readonly name: string }>(
  tables: Tables<Row>,
  run: (stage: Stage, row: Row) => Promise<void>,
  options: StageOptions = {},
): () => Stage {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(options)
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  for (const [title, rows] of Object.entries(tables)) {
    describe(title, () => {
      it.each(rows)('$name', (row) => run(stage, row))
    })
  }
  return () => stage
}
