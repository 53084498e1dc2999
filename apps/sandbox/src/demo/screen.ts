import type { CallRow } from './call-row.ts'

/** Where the demo shows what happens. */
export interface Screen {
  /** A call is under way. */
  pending(text: string): void
  /** A call is done; `wrong` says where it is not as expected. */
  row(row: CallRow, wrong: readonly string[]): void
  /** A sentence between the calls. */
  note(text: string): void
  /** What to do next, as it stands. */
  page(text: string): void
}
