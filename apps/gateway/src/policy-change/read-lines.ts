/** Longest line that is kept while its end is awaited, in bytes; audit lines are far shorter. */
const maxLineBytes = 1024 * 1024

/** Told of each line, without its line break; `undefined` for one that is too long to be one. */
export type LineReader = (line: string | undefined) => void

/**
 * Splits a stream of bytes into lines, in constant memory. A last line without a line break is a line.
 *
 * @param onChunk told of each chunk after its lines, for progress
 */
export async function readLines(
  chunks: AsyncIterable<Buffer>,
  onLine: LineReader,
  onChunk: (bytes: number) => void = () => {},
): Promise<void> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10)
    if (end !== -1) {
      const head = chunk.subarray(0, end)
      const text = rest.length === 0 ? head.toString() : Buffer.concat([...rest, head]).toString()
      if (restBytes > maxLineBytes) splitAfterOverlong(text, onLine)
      else split(text, onLine)
      rest = []
      restBytes = 0
    }
    const tail = end === -1 ? chunk : chunk.subarray(end + 1)
    restBytes += tail.length
    // Of a line that is too long only its being too long is remembered.
    if (tail.length > 0 && restBytes <= maxLineBytes) rest.push(Buffer.from(tail))
    else if (restBytes > maxLineBytes) rest = []
    onChunk(chunk.length)
  }
  if (restBytes > 0) onLine(restBytes > maxLineBytes ? undefined : Buffer.concat(rest).toString())
}

function splitAfterOverlong(text: string, onLine: LineReader): void {
  onLine(undefined)
  const end = text.indexOf('\n')
  if (end !== -1) split(text.slice(end + 1), onLine)
}

function split(text: string, onLine: LineReader): void {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (end > start) onLine(text.slice(start, end))
    start = end + 1
  }
  if (start < text.length) onLine(text.slice(start))
}
