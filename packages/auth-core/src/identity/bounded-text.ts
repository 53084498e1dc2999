/**
 * The body of an answer as text, read to its end or refused: UTF-8 only, and a byte order mark stays in the
 * text for the parser to refuse. Reading stops, and the connection is given up, at the limit.
 *
 * @throws {RangeError} more than `maxBytes`
 * @throws {TypeError} not UTF-8, or the answer broke off
 */
export async function readBoundedText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
