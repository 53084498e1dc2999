/** A longer buffer that begins as this one. For a body in a million pieces, each of which takes hundreds of bytes. */
export function grown(held: Buffer, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(length)
  held.copy(larger)
  return larger
}
