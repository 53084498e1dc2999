import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { readBody } from './read-body.ts'

const limit = { maxBytes: 256 * 1024, says: 'Too long.' }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of the heap that is in use. */
function heap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

it.each([
  ['of nothing', []],
  ['in one piece', [5]],
  ['in pieces that grow', [1, 2, 3, 5, 8, 13, 100, 10_000]],
  ['of all that is allowed', [200_000, limit.maxBytes - 200_000]],
])('a body %s comes whole', async (_what, lengths) => {
  const req = new IncomingMessage(new Socket())
  const pieces = lengths.map((length, at) => Buffer.alloc(length, at + 1))
  const body = readBody(req, limit)
  for (const piece of pieces) req.push(piece)
  req.push(null)
  expect((await body).equals(Buffer.concat(pieces))).toBe(true)
})

it('a body in pieces of one byte takes no more memory than its bytes', async () => {
  const req = new IncomingMessage(new Socket())
  const body = readBody(req, limit)
  req.resume()
  const before = heap()
  const count = 200_000
  for (let at = 0; at < count; at++) req.emit('data', Buffer.alloc(1, 'x'))
  expect(heap() - before).toBeLessThan(count * 20)
  req.push(null)
  expect((await body).toString()).toBe('x'.repeat(count))
})

it('one that is longer than allowed is refused at the piece that makes it so', async () => {
  const req = new IncomingMessage(new Socket())
  const body = readBody(req, limit)
  req.push(Buffer.alloc(limit.maxBytes))
  req.push(Buffer.alloc(1))
  await expect(body).rejects.toMatchObject({ code: 'request.too-large' })
})
