/**
 * Bytes of a file as text, without a byte order mark.
 *
 * @throws {Error} with a message for people, for what is not UTF-8: to replace what cannot be read would change it
 */
export function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Error('it is not UTF-8 text', { cause })
  }
}
