import { describe, it } from 'vitest'
import { shareWorld } from './share-world.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

/** Rows by the title of their table. */
export type Tables<Row> = Readonly<Record<string, readonly Row[]>>

/**
 * Runs every table of a file against one gateway process; a second try has another.
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
  shareWorld(
    () => openStage(options),
    (opened) => {
      stage = opened
    },
  )

  for (const [title, rows] of Object.entries(tables)) {
    describe(title, () => {
      it.each(rows)('$name', (row) => run(stage, row))
    })
  }
  return () => stage
}
