import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { RequestBody } from './request-body.ts'

const chunk = Buffer.alloc(64 * 1024, 'x')

it('keeps nothing of a body that its reader has paused: the rest stays with the caller', async () => {
  const source = new IncomingMessage(new Socket())
  const body = new RequestBody(source, { maxBytes: Number.POSITIVE_INFINITY, keepBytes: 0 })
  const taken: number[] = []
  body.on('data', ({ length }: Buffer) => {
    taken.push(length)
    body.pause()
  })
  for (let n = 0; n < 3; n += 1) source.push(chunk)
  await vi.waitFor(() => expect(taken).toEqual([chunk.length]))
  expect([source.isPaused(), body.readableLength]).toEqual([true, 0])

  body.resume()
  await vi.waitFor(() => expect(taken).toHaveLength(2))
})

it('a body that came in many pieces is kept whole for a replay, up to what may be kept', async () => {
  const kept = async (length: number) => {
    const source = new IncomingMessage(new Socket())
    const body = new RequestBody(source, { maxBytes: 5000, keepBytes: 1000 }).resume()
    source.resume()
    for (let n = 0; n < length; n += 1) source.push(Buffer.from([n % 256]))
    source.complete = true
    source.push(null)
    await new Promise((resolve) => body.once('end', resolve))
    return body.replay()
  }
  expect(await kept(1000)).toEqual(Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256)))
  expect(await kept(1)).toEqual(Buffer.from([0]))
  expect(await kept(1001)).toBeUndefined()
})
