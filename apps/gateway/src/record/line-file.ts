import { fstatSync, readSync, writeSync } from 'node:fs'

const firstLook = 64 * 1024
const lineBreak = 0x0a

/** How a file of lines ends. */
export interface FileEnd {
  /** The last whole line; `undefined` without one. */
  readonly lastLine: string | undefined
  /** What comes after it: half a line, or one without its line break. */
  readonly torn: string
}

/** Reads the end of a file, as far back as its last whole line begins: lines have no limit that could be relied on. */
export function readEnd(descriptor: number): FileEnd {
  const { size } = fstatSync(descriptor)
  for (let length = Math.min(firstLook, size); ; length = Math.min(2 * length, size)) {
    const buffer = Buffer.alloc(length)
    for (let at = 0; at < length; ) at += readSync(descriptor, buffer, at, length - at, size - length + at)
    const end = buffer.lastIndexOf(lineBreak)
    const begin = end <= 0 ? -1 : buffer.lastIndexOf(lineBreak, end - 1)
    if (length < size && begin === -1) continue
    const torn = buffer.subarray(end + 1).toString()
    return { lastLine: end === -1 ? undefined : buffer.subarray(begin + 1, end).toString(), torn }
  }
}

/** How far writing lines came. */
export interface Writing {
  /** Whole lines that are with the operating system. */
  readonly lines: number
  /** How much of it there is, in bytes. */
  readonly bytes: number
  /** The beginning of a line that was cut off. */
  readonly torn: string
  /** Why not everything was written; absent when it was. */
  readonly cause?: unknown
}

/**
 * Writes lines, each with a line break behind it, as far as that goes.
 *
 * @param patienceMs how long a pipe that is full may hold the whole process up
 */
export function writeLines(descriptor: number, lines: readonly string[], patienceMs: number): Writing {
  const all = bytesOf(lines)
  const deadline = performance.now() + patienceMs
  let bytes = 0
  try {
    while (bytes < all.length) bytes += writeWhenReady(descriptor, all.subarray(bytes), deadline)
    return { lines: lines.length, bytes, torn: '' }
  } catch (cause) {
    const written = all.subarray(0, bytes)
    const torn = written.subarray(written.lastIndexOf(lineBreak) + 1).toString()
    return { lines: lineBreaks(written), bytes, torn, cause }
  }
}

/** What lines are put together in; longer ones, which are rare, have memory of their own. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)

/** Valid until the next call. */
function bytesOf(lines: readonly string[]): Buffer {
  let end = 0
  for (const line of lines) {
    // A character takes three bytes at most.
    if (end + 3 * line.length >= scratch.length) return Buffer.from(lines.map((each) => `${each}\n`).join(''))
    end += scratch.write(line, end)
    scratch[end] = lineBreak
    end += 1
  }
  return scratch.subarray(0, end)
}

/** A pipe may be full for a moment: then the write is repeated, not lost. */
function writeWhenReady(descriptor: number, bytes: Buffer, deadline: number): number {
  for (;;) {
    try {
      return writeSync(descriptor, bytes)
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === 'EAGAIN'
      if (!full || performance.now() > deadline) throw error
    }
  }
}

function lineBreaks(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === lineBreak) count += 1
  return count
}
