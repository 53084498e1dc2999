import { Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { DataRequest } from './data-messages.ts'

const letters = Array.from({ length: 20_000 }, (_, n) => String.fromCharCode(97 + (n % 26)))

function reading(req: DataRequest): string[] {
  const pieces: string[] = []
  req.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  return pieces
}

it('a body in pieces of a byte that nobody reads yet is put together, and arrives as it was sent', async () => {
  const req = new DataRequest(new Socket())
  for (const letter of letters) req.push(Buffer.from(letter))
  req.push(Buffer.alloc(1000, '-'))
  req.push(Buffer.from('end'))
  req.push(null)
  const pieces = reading(req)
  await new Promise((resolve) => req.once('end', resolve))
  expect(pieces.join('')).toBe(`${letters.join('')}${'-'.repeat(1000)}end`)
  expect(pieces.length).toBeLessThan(10)
})

it('what was put together while its reader paused comes when it reads on, though nothing follows', async () => {
  const req = new DataRequest(new Socket())
  const pieces = reading(req)
  req.on('data', () => req.pause())
  for (const letter of 'abcde') req.push(Buffer.from(letter))
  await vi.waitFor(() => {
    req.resume()
    expect(pieces.join('')).toBe('abcde')
  })
  for (const letter of 'fgh') req.push(Buffer.from(letter))
  await vi.waitFor(() => {
    req.resume()
    expect(pieces.join('')).toBe('abcdefgh')
  })
})

it('so much of it is enough: whoever sends is told to wait at the same length', () => {
  const req = new DataRequest(new Socket())
  let pushed = 0
  while (req.push(Buffer.from('x'))) pushed += 1
  expect(pushed).toBeGreaterThan(req.readableHighWaterMark / 2)
  expect(pushed).toBeLessThan(2 * req.readableHighWaterMark)
})
