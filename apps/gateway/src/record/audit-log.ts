import type { Secret } from '@countersign/auth-core'
import type { ChainHead } from './audit-chain.ts'
import type { AuditLine } from './audit-line.ts'

/** Where audit lines go. */
export interface AuditLog {
  /**
   * Hands the line to the operating system before it returns: a killed process loses nothing written.
   *
   * @throws {Fault} `audit.unavailable` when the record is required and the line cannot be written
   */
  write(line: AuditLine): void
  /**
   * The same for a line that can wait for the end of this turn of the event loop: all that are recorded in one
   * turn are handed over at once.
   *
   * @returns when that has happened; rejects as {@link write} throws
   */
  append(line: AuditLine): Promise<void>
  /** Lines are required, and the last one could not be written: what is begun now may not come on record. */
  readonly isFailing: boolean
  /** The end of the chain, to be exported: lines cut off the end show by it. */
  head(): ChainHead
  close(): void
}

/** How the record is kept. */
export interface AuditLogOptions {
  /** Appended to; standard output when absent. */
  readonly file?: string | undefined
  /** What cannot be recorded is not done. */
  readonly required: boolean
  /** Chains the lines; without one they stand alone. */
  readonly key?: Secret | undefined
  /** A file that has become as long as this, in bytes, is rotated away; never when absent. */
  readonly maxBytes?: number | undefined
  /** How many rotated files are kept; all when absent. */
  readonly keep?: number | undefined
  /** Waits for the disk with every batch of lines: what is on record survives a loss of power as well. */
  readonly fsync?: boolean | undefined
  /** Told of a line that could not be written and was not required. */
  readonly onLost: (error: unknown) => void
  /** Told when lines begin to fail, and why, and with `undefined` when they can be written again. */
  readonly onTurn?: ((error: unknown) => void) | undefined
}
