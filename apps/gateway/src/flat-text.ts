/** Longest text that is worth it: longer ones are not on every request. */
const scratch = Buffer.allocUnsafeSlow(4 * 1024)

/**
 * The same text as one piece of memory, a byte for each character. V8 keeps what was cut out or put together as
 * references, and `JSON.stringify` takes twice as long for an object that holds one of them.
 *
 * @param text without characters above U+00FF
 */
export function flatText(text: string): string {
  if (text.length > scratch.length) return text
  return scratch.toString('latin1', 0, scratch.write(text, 'latin1'))
}

/** The same for any text, where its time does not count: what a file says is cut out of the file by whoever reads it. */
export function flatAnyText(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}
