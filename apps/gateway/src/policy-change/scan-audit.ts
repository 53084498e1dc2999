import { createReadStream, statSync } from 'node:fs'
import type { Progress } from './progress.ts'
import { type LineReader, readLines } from './read-lines.ts'

/** Large enough that the work is the lines, small enough that a line waits for little. */
const chunkBytes = 1024 * 1024

/**
 * Reads the lines of audit files, one file after the other; `-` is standard input.
 *
 * @throws {Error} for a file that cannot be read
 */
export async function scanAudit(
  files: readonly string[],
  onLine: LineReader,
  progress: Progress,
): Promise<void> {
  const totalBytes = files.includes('-')
    ? undefined
    : files.reduce((sum, file) => sum + statSync(file).size, 0)
  let lines = 0
  let bytes = 0
  const counted: LineReader = (line) => {
    lines++
    onLine(line)
  }
  for (const file of files) {
    const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes })
    await readLines(stream, counted, (size) => {
      bytes += size
      progress.show(lines, totalBytes === undefined ? undefined : bytes / totalBytes)
    })
  }
  progress.clear()
}
