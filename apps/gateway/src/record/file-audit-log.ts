import { closeSync, constants, fdatasyncSync, fstatSync, openSync, statSync } from 'node:fs'
import { Fault } from '@countersign/auth-core'
import { type ChainHead, chainStart, headOf, sealLine } from './audit-chain.ts'
import type { AuditLine } from './audit-line.ts'
import type { AuditLog, AuditLogOptions } from './audit-log.ts'
import { readEnd, type Writing, writeLines } from './line-file.ts'
import { printableJson } from './printable-json.ts'
import { headOfRotated, rotate } from './rotated-files.ts'
import { TurnBatch } from './turn-batch.ts'

/** Opens the record, one JSON object a line, and continues its chain. */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  return new FileAuditLog(options)
}

const standardOutput = 1

/** Non-blocking, for the sake of pipes: one that nobody reads must fail, and not hold the whole process up for ever. */
const appended = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK
/** How long a pipe may be full before a line counts as one that cannot be written; the next does not wait again. */
const patienceMs = 1000

/** How many lines, from the first, are with the operating system; with the reason when not all of them are. */
interface Outcome {
  readonly written: number
  readonly cause?: unknown
}

class FileAuditLog implements AuditLog {
  readonly #options: AuditLogOptions
  readonly #batch = new TurnBatch<AuditLine, Outcome>((lines) => this.#record(lines))
  #descriptor = standardOutput
  /** Of the open file: tells whether another one has taken its name. */
  #inode = 0
  #head = chainStart
  /** A line whose write failed half-way: the next line must not be glued to it. */
  #torn = ''
  /** Of the current file. */
  #bytes = 0
  /** The current file is new, and its first line has yet to be written. */
  #isNew = false
  /** The last line could not be written. */
  #hasFailed = false

  constructor(options: AuditLogOptions) {
    this.#options = options
    if (options.file === undefined) this.#begin({ kind: 'opened' })
    else this.#open(options.file)
  }

  write(line: AuditLine): void {
    this.#batch.flush()
    this.#assertWritten(1, this.#record([line]))
  }

  append(line: AuditLine): Promise<void> {
    const { number, outcome } = this.#batch.add(line)
    return outcome.then((all) => this.#assertWritten(number, all))
  }

  get isFailing(): boolean {
    return this.#options.required && this.#hasFailed
  }

  head(): ChainHead {
    return this.#head
  }

  close(): void {
    this.#batch.flush()
    if (this.#descriptor !== standardOutput) closeSync(this.#descriptor)
  }

  /** @param number of the line among those of the outcome, counted from 1 */
  #assertWritten(number: number, { written, cause }: Outcome): void {
    if (number <= written) return
    if (this.#options.required) throw new Fault('audit.unavailable', { cause, detail: String(cause) })
    this.#options.onLost(cause)
  }

  #record(lines: readonly AuditLine[]): Outcome {
    const outcome = this.#attempt(lines)
    const hasFailed = outcome.cause !== undefined
    if (hasFailed !== this.#hasFailed) this.#options.onTurn?.(outcome.cause)
    this.#hasFailed = hasFailed
    return outcome
  }

  #attempt(lines: readonly AuditLine[]): Outcome {
    try {
      this.#reopenIfMoved()
      this.#rotateIfFull()
      if (this.#torn !== '') this.#mendTornLine()
      if (this.#isNew) this.#begin({ kind: 'opened' })
      return this.#hand(lines)
    } catch (cause) {
      return { written: 0, cause }
    }
  }

  /** Continues where the file ends; after a crash its last line may be half a line. */
  #open(file: string): void {
    const opened = openSync(file, appended, 0o600)
    // Only now: a number that was closed would soon be the number of somebody's connection.
    if (this.#descriptor !== standardOutput) closeSync(this.#descriptor)
    this.#descriptor = opened
    this.#inode = fstatSync(opened).ino
    const { lastLine, torn } = readEnd(this.#descriptor)
    this.#bytes = fstatSync(this.#descriptor).size
    this.#torn = torn
    const found = lastLine === undefined ? this.#headElsewhere(file) : headOf(lastLine)
    if (found && found.seq > this.#head.seq) this.#head = found
    this.#isNew = lastLine === undefined
    if (torn !== '') this.#mendTornLine()
    if (this.#isNew) this.#begin({ kind: 'opened' })
  }

  /** A process that has just begun, and died between two files before, knows the end by the files alone. */
  #headElsewhere(file: string): ChainHead | undefined {
    return this.#options.key && this.#head === chainStart ? headOfRotated(file) : undefined
  }

  /** The first line of a file says which line it follows, so that files can be checked one by one. */
  #begin(line: AuditLine): void {
    if (this.#options.key) this.#handOne({ ...line, time: new Date().toISOString(), after: this.#head.mac })
    this.#isNew = false
  }

  #mendTornLine(): void {
    const torn = this.#torn
    const { lines, cause } = this.#write([''])
    if (lines === 0) throw cause
    this.#torn = ''
    if (!this.#options.key) return
    // Only its line break was missing: it is a line like any other.
    const whole = headOf(torn)
    if (whole?.seq === this.#head.seq + 1) this.#head = whole
    this.#handOne({ kind: 'recovered', time: new Date().toISOString(), torn_bytes: Buffer.byteLength(torn) })
    this.#isNew = false
  }

  #rotateIfFull(): void {
    const { file, maxBytes, keep } = this.#options
    if (file === undefined || maxBytes === undefined || this.#bytes < maxBytes) return
    rotate(file, keep)
    this.#open(file)
  }

  /** A file that was renamed or removed belongs to whoever did that: lines go on in a new one. */
  #reopenIfMoved(): void {
    const { file } = this.#options
    if (file === undefined) return
    const there = statSync(file, { throwIfNoEntry: false })
    if (there?.ino === this.#inode) return
    this.#open(file)
  }

  #write(texts: readonly string[]): Writing {
    return writeLines(this.#descriptor, texts, this.#hasFailed ? 0 : patienceMs)
  }

  #handOne(line: AuditLine): void {
    const { written, cause } = this.#hand([line])
    if (written === 0) throw cause
  }

  /** Seals the lines and writes them in one go. Of those that were not all written, whole ones count. */
  #hand(lines: readonly AuditLine[]): Outcome {
    const { key } = this.#options
    const heads: ChainHead[] = []
    const texts: string[] = []
    for (const line of lines) {
      const sealed = key && sealLine(line, heads.at(-1) ?? this.#head, key)
      if (sealed) heads.push(sealed.head)
      texts.push(sealed?.text ?? printableJson(line))
    }
    const { lines: written, bytes, torn, cause } = this.#write(texts)
    this.#bytes += bytes
    this.#torn = torn
    this.#head = heads[written - 1] ?? this.#head
    if (this.#options.fsync && this.#descriptor !== standardOutput) fdatasyncSync(this.#descriptor)
    return { written, cause }
  }
}
