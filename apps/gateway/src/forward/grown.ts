/**
 * A buffer of at least so many bytes that begins as this one: this one, or one twice as long. For a body in a million
 * pieces, each of which takes hundreds of bytes.
 *
 * @param most bytes that are ever needed
 */
export function grown(held: Buffer, needed: number, most: number): Buffer {
  if (needed <= held.length) return held
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, 2 * held.length)))
  held.copy(larger)
  return larger
}
