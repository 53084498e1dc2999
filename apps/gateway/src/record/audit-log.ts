import { closeSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { Fault, type Secret } from '@countersign/auth-core'
import { type ChainHead, chainStart, headOf, sealLine } from './audit-chain.ts'
import type { AuditLine } from './audit-line.ts'
import { printableJson } from './printable-json.ts'

/** Where audit lines go. */
export interface AuditLog {
  /**
   * Hands the line to the operating system before it returns: a killed process loses nothing written.
   *
   * @throws {Fault} `audit.unavailable` when the record is required and the line cannot be written
   */
  write(line: AuditLine): void
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
  /** Told of a line that could not be written and was not required. */
  readonly onLost: (error: unknown) => void
}

/** Opens the record, one JSON object a line, and continues its chain. */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  return new FileAuditLog(options)
}

const standardOutput = 1

class FileAuditLog implements AuditLog {
  readonly #options: AuditLogOptions
  #descriptor = standardOutput
  #head = chainStart
  /** Bytes of a line whose write failed half-way: the next line must not be glued to them. */
  #torn = 0

  constructor(options: AuditLogOptions) {
    this.#options = options
    if (options.file === undefined) this.#begin({ kind: 'opened' })
    else this.#open(options.file)
  }

  write(line: AuditLine): void {
    try {
      this.#reopenIfMoved()
      if (this.#torn > 0) this.#mendTornLine()
      this.#append(line)
    } catch (cause) {
      if (this.#options.required) throw new Fault('audit.unavailable', { cause, detail: String(cause) })
      this.#options.onLost(cause)
    }
  }

  head(): ChainHead {
    return this.#head
  }

  close(): void {
    if (this.#descriptor !== standardOutput) closeSync(this.#descriptor)
  }

  /** Continues where the file ends; after a crash its last line may be half a line. */
  #open(file: string): void {
    this.#descriptor = openSync(file, 'a+', 0o600)
    const { lastLine, torn } = readEnd(this.#descriptor)
    this.#torn = torn
    const found = lastLine === undefined ? undefined : headOf(lastLine)
    if (found && found.seq > this.#head.seq) this.#head = found
    if (torn > 0) this.#mendTornLine()
    if (lastLine === undefined) this.#begin({ kind: 'opened' })
  }

  /** The first line of a file says which line it follows, so that files can be checked one by one. */
  #begin(line: AuditLine): void {
    if (this.#options.key) this.#append({ ...line, time: new Date().toISOString(), after: this.#head.mac })
  }

  #mendTornLine(): void {
    const torn = this.#torn
    writeFully(this.#descriptor, Buffer.from('\n'))
    this.#torn = 0
    if (this.#options.key)
      this.#append({ kind: 'recovered', time: new Date().toISOString(), torn_bytes: torn })
  }

  /** A file that was renamed or removed belongs to whoever did that: lines go on in a new one. */
  #reopenIfMoved(): void {
    const { file } = this.#options
    if (file === undefined) return
    const there = statSync(file, { throwIfNoEntry: false })
    if (there && there.ino === fstatSync(this.#descriptor).ino) return
    closeSync(this.#descriptor)
    this.#open(file)
  }

  #append(line: AuditLine): void {
    const { key } = this.#options
    const sealed = key && sealLine(line, this.#head, key)
    const bytes = Buffer.from(`${sealed?.text ?? printableJson(line)}\n`)
    this.#torn = bytes.length - 1
    writeFully(this.#descriptor, bytes, (written) => {
      this.#torn = written
    })
    this.#torn = 0
    if (sealed) this.#head = sealed.head
  }
}

const endBytes = 64 * 1024

/** The last whole line of a file, and how many bytes of a torn one come after it. */
function readEnd(descriptor: number): { lastLine: string | undefined; torn: number } {
  const { size } = fstatSync(descriptor)
  const length = Math.min(size, endBytes)
  const buffer = Buffer.alloc(length)
  for (let at = 0; at < length; ) at += readSync(descriptor, buffer, at, length - at, size - length + at)
  const end = buffer.lastIndexOf(0x0a)
  const whole = buffer.subarray(0, Math.max(end, 0))
  const lastLine = end === -1 ? undefined : whole.subarray(whole.lastIndexOf(0x0a) + 1).toString()
  return { lastLine, torn: length - end - 1 }
}

/** @param onPartial told how far it came, should a later part fail */
function writeFully(
  descriptor: number,
  bytes: Buffer,
  onPartial: (written: number) => void = () => {},
): void {
  for (let at = 0; at < bytes.length; onPartial(at)) {
    onPartial(at)
    at += writeWhenReady(descriptor, bytes, at)
  }
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
