import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Places } from './places.ts'

const caller = () => new EventEmitter()
const overloaded = expect.objectContaining({ code: 'upstream.overloaded', retryAfterSeconds: 1 })
const places = (limits = {}) => new Places({ concurrency: 1, queue: 2, waitMs: 60_000, ...limits })

describe('a place', () => {
  it('that is free is had without waiting, and is free again after', () => {
    const all = places()
    for (let n = 0; n < 3; n += 1) {
      expect(all.enter(caller())).toBeUndefined()
      expect(all.taken).toBe(1)
      all.leave()
    }
    expect(all.taken).toBe(0)
  })

  it('goes to whoever waits longest, and to nobody who comes in between', async () => {
    const all = places()
    const order: string[] = []
    all.enter(caller())
    const first = all.enter(caller())?.then(() => order.push('first'))
    const second = all.enter(caller())?.then(() => order.push('second'))
    all.leave()
    const late = all.enter(caller())?.then(() => order.push('late'))
    await first
    all.leave()
    await second
    expect(order).toEqual(['first', 'second'])
    all.leave()
    await late
    expect(all.taken).toBe(1)
  })
})

describe('a queue', () => {
  it('that is full sends away at once, whatever its callers wait for', async () => {
    const all = places()
    all.enter(caller())
    const token = Promise.withResolvers<string>()
    const waiting = all.whileWaiting(token.promise)
    const turn = all.enter(caller())
    expect(() => all.enter(caller())).toThrow(overloaded)
    await expect(all.whileWaiting(Promise.reject(new Error('unheard')))).rejects.toEqual(overloaded)
    token.resolve('token')
    expect(await waiting).toBe('token')
    expect(all.waiting).toBe(1)
    all.leave()
    await turn
  })

  it('is left by a caller that hangs up, without a place being lost', async () => {
    const all = places()
    all.enter(caller())
    const leaving = caller()
    const turn = all.enter(leaving)
    leaving.emit('close')
    await expect(turn).rejects.toEqual(expect.objectContaining({ code: 'client.gone' }))
    expect([all.taken, all.waiting, leaving.listenerCount('close')]).toEqual([1, 0, 0])
    all.leave()
    expect(all.taken).toBe(0)
  })

  it('is not stood in for longer than the limit says', async () => {
    const all = places({ waitMs: 1 })
    all.enter(caller())
    await expect(all.enter(caller())).rejects.toEqual(overloaded)
    expect(all.waiting).toBe(0)
  })
})
