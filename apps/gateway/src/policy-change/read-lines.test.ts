import { expect, it } from 'vitest'
import { readLines } from './read-lines.ts'

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function linesOf(text: string, size: number): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = []
  await readLines(chunksOf(Buffer.from(text), size), (line) => lines.push(line))
  return lines
}

it.each([1, 2, 3, 5, 100])(
  'finds the same lines in chunks of %i bytes, characters of several bytes included',
  async (size) => {
    expect(await linesOf('{"a":"é"}\n\n{"b":"😀"}\ntorn', size)).toEqual(['{"a":"é"}', '{"b":"😀"}', 'torn'])
    expect(await linesOf('a\n', size)).toEqual(['a'])
  },
)

it('says of a line that is too long that it is one, and goes on behind it', async () => {
  const long = 'x'.repeat(3 * 1024 * 1024)
  expect(await linesOf(`a\n${long}\nb\nc`, 64 * 1024)).toEqual(['a', undefined, 'b', 'c'])
  expect(await linesOf(long, 64 * 1024)).toEqual([undefined])
})
