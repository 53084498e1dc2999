import { expect, it } from 'vitest'
import { GrowingBuffer } from './growing-buffer.ts'

it('holds what was appended, less what was dropped, and never changes what was seen', () => {
  const growing = new GrowingBuffer()
  const seen: [Buffer, string][] = []
  let expected = ''
  for (let at = 0; at < 200; at += 1) {
    const piece = `${at},`.repeat(at % 7)
    growing.append(Buffer.from(piece))
    expected += piece
    if (at % 5 === 0) {
      seen.push([growing.bytes.subarray(0, 3), expected.slice(0, 3)])
      growing.drop(Math.min(3, expected.length))
      expected = expected.slice(3)
    }
    expect(growing.bytes.toString()).toBe(expected)
  }
  for (const [bytes, text] of seen) expect(bytes.toString()).toBe(text)
})
