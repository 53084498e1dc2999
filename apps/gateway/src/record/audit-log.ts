import { closeSync, openSync, writeSync } from 'node:fs'
import { Fault } from '@countersign/auth-core'
import type { AuditLine } from './audit-line.ts'

/** Where audit lines go. */
export interface AuditLog {
  /**
   * Hands the line to the operating system before it returns: a killed process loses nothing written.
   *
   * @throws {Fault} `audit.unavailable` when the record is required and the line cannot be written
   */
  write(line: AuditLine): void
  close(): void
}

/** How the record is kept. */
export interface AuditLogOptions {
  /** Appended to; standard output when absent. */
  readonly file?: string | undefined
  /** What cannot be recorded is not done. */
  readonly required: boolean
  /** Told of a line that could not be written and was not required. */
  readonly onLost: (error: unknown) => void
}

/** Opens the record, one JSON object a line. */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  const descriptor = options.file === undefined ? 1 : openSync(options.file, 'a', 0o600)
  return {
    write(line) {
      try {
        writeFully(descriptor, Buffer.from(`${JSON.stringify(line)}\n`))
      } catch (cause) {
        if (options.required) throw new Fault('audit.unavailable', { cause, detail: String(cause) })
        options.onLost(cause)
      }
    },
    close() {
      if (descriptor !== 1) closeSync(descriptor)
    },
  }
}

function writeFully(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeWhenReady(descriptor, bytes, at)
}

/** Standard output may be a pipe that is full for a moment: then the write is repeated, not lost. */
function writeWhenReady(descriptor: number, bytes: Buffer, from: number): number {
  const deadline = performance.now() + 1000
  for (;;) {
    try {
      return writeSync(descriptor, bytes, from)
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === 'EAGAIN'
      if (!full || performance.now() > deadline) throw error
    }
  }
}
