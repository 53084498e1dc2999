import type { Imported } from './import-openapi.ts'
import type { MergeReport } from './merge-operations.ts'
import type { Written } from './write-upstream.ts'

/** What an import did, for people: what they have to look at in full, the rest in numbers. */
export function renderImport({ operations, refused, notes }: Imported, report: MergeReport): string {
  const { added, updated, kept, leftOut, gone } = report
  const numbers = [
    `${operations.length} operations`,
    `${added.length} added`,
    `${updated.length} updated`,
    `${kept.length} kept as changed by hand`,
    `${leftOut.length} left out by hand`,
  ]
  const lines = [
    ...[...refused, ...report.refused].map(
      ({ route, reason }) => `not imported  ${route}\n              ${reason}`,
    ),
    ...gone.map(
      (name) => `gone          ${name}: no longer in the document; remove it when nothing needs it`,
    ),
    ...notes.map((note) => `to do         ${note}`),
    numbers.join(', '),
  ]
  return `${lines.join('\n')}\n`
}

/** The same for machines; without a file that it went into, with the configuration itself. */
export function jsonImport(imported: Imported, { text, report }: Written, into: string | undefined): object {
  const { operations, refused, notes, url } = imported
  return {
    url,
    ...(into === undefined ? { configuration: text } : { file: into }),
    operations,
    ...report,
    refused: [...refused, ...report.refused],
    notes,
  }
}
