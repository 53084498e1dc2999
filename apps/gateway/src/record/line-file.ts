import { fstatSync, readSync, writeSync } from 'node:fs'

const endBytes = 64 * 1024

/** The last whole line of a file, and how many bytes of a torn one come after it. */
export function readEnd(descriptor: number): { lastLine: string | undefined; torn: number } {
  const { size } = fstatSync(descriptor)
  const length = Math.min(size, endBytes)
  const buffer = Buffer.alloc(length)
  for (let at = 0; at < length; ) at += readSync(descriptor, buffer, at, length - at, size - length + at)
  const end = buffer.lastIndexOf(0x0a)
  const whole = buffer.subarray(0, Math.max(end, 0))
  const lastLine = end === -1 ? undefined : whole.subarray(whole.lastIndexOf(0x0a) + 1).toString()
  return { lastLine, torn: length - end - 1 }
}

/** How far writing lines came. */
export interface Writing {
  /** Whole lines that are with the operating system. */
  readonly lines: number
  /** Bytes of a line that was cut off. */
  readonly torn: number
  /** Why not everything was written; absent when it was. */
  readonly cause?: unknown
}

/** Writes lines that end in a line break each, as far as that goes. */
export function writeLines(descriptor: number, lines: readonly string[]): Writing {
  const bytes = Buffer.from(lines.join(''))
  let length = 0
  try {
    while (length < bytes.length) length += writeWhenReady(descriptor, bytes, length)
    return { lines: lines.length, torn: 0 }
  } catch (cause) {
    const written = bytes.subarray(0, length)
    return { lines: lineBreaks(written), torn: length - 1 - written.lastIndexOf(0x0a), cause }
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

function lineBreaks(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === 0x0a) count += 1
  return count
}
