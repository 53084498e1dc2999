import { type Fields, fieldValues } from './fields.ts'

/** Where an HTTP/1.1 message ends, and what it holds. */
export interface FramedMessage {
  /** Start line and fields up to and with the empty line (latin1, one character a byte). */
  readonly head: string
  readonly startLine: string
  readonly headers: Fields
  readonly body: Buffer
  readonly trailers: Fields
  /** How many bytes of the input belong to it. */
  readonly length: number
}

/**
 * What content there can be: `framed` as the fields say, and none if they say nothing; `until-close` the
 * same, but all the rest if they say nothing; `none` whatever they say (RFC 9112 6.3: HEAD, 1xx, 204, 304).
 */
export type ContentRule = 'framed' | 'until-close' | 'none'

/** A message that no honest sender would write; what was wrong is the message of the error. */
export class FramingError extends Error {
  override readonly name = 'FramingError'
}

/**
 * Takes one message off the front of `bytes`; `undefined` while it is not complete.
 *
 * Deliberately small and strict (RFC 9112 6.3): one plain decimal `Content-Length` or `Transfer-Encoding:
 * chunked`, never both, CRLF everywhere, no chunk extensions. It is the judge of what others wrote, so it
 * shares no code with them and guesses nothing.
 *
 * @throws {FramingError} when two readers could disagree about where the message ends
 */
export function frameMessage(bytes: Buffer, rule: ContentRule = 'framed'): FramedMessage | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const bodyStart = headEnd + 4
  const head = bytes.toString('latin1', 0, bodyStart)
  const [startLine = '', ...lines] = head.slice(0, -4).split('\r\n')
  const headers = lines.map(field)
  const content = contentOf(bytes, bodyStart, headers, rule)
  return content && { head, startLine, headers, ...content }
}

type Content = Pick<FramedMessage, 'body' | 'trailers' | 'length'>

function contentOf(bytes: Buffer, start: number, headers: Fields, rule: ContentRule): Content | undefined {
  if (rule === 'none') return { body: Buffer.alloc(0), trailers: [], length: start }
  const lengths = fieldValues(headers, 'content-length')
  const codings = fieldValues(headers, 'transfer-encoding')
  if (lengths.length + codings.length > 1) throw new FramingError('more than one field frames the message')
  if (codings[0] !== undefined) {
    if (codings[0] !== 'chunked') throw new FramingError(`transfer-encoding: ${codings[0]}`)
    return chunked(bytes, start)
  }
  if (lengths[0] === undefined) {
    const end = rule === 'until-close' ? bytes.length : start
    return { body: bytes.subarray(start, end), trailers: [], length: end }
  }
  if (!/^(0|[1-9]\d{0,14})$/.test(lengths[0])) throw new FramingError(`content-length: ${lengths[0]}`)
  const end = start + Number(lengths[0])
  return bytes.length < end ? undefined : { body: bytes.subarray(start, end), trailers: [], length: end }
}

function chunked(bytes: Buffer, start: number): Content | undefined {
  const chunks: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-fA-F]{1,12}$/.test(line)) throw new FramingError(`chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    if (size === 0) return lastChunk(bytes, lineEnd, Buffer.concat(chunks))
    const dataEnd = lineEnd + 2 + size
    if (bytes.length < dataEnd + 2) return undefined
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n')
      throw new FramingError('chunk without its end')
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd))
    at = dataEnd + 2
  }
}

/** `lineEnd` is the CRLF of the size line `0`; trailers and an empty line follow. */
function lastChunk(bytes: Buffer, lineEnd: number, body: Buffer): Content | undefined {
  const end = bytes.indexOf('\r\n\r\n', lineEnd)
  if (end < 0) return undefined
  const text = bytes.toString('latin1', lineEnd + 2, end)
  return { body, trailers: text === '' ? [] : text.split('\r\n').map(field), length: end + 4 }
}

function field(line: string): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/.exec(line)
  if (match === null) throw new FramingError(`field line: ${JSON.stringify(line)}`)
  return [match[1] ?? '', match[2] ?? '']
}
