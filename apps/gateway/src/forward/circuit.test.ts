import { Fault, type FaultCode } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Circuit } from './circuit.ts'

const pauseMs = 10_000
let circuit: Circuit
const changes: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  changes.length = 0
  const options = { failures: 3, pauseMs, statuses: new Set([503]) }
  circuit = new Circuit(options, ({ state }) => changes.push(state))
})
afterEach(() => vi.useRealTimers())

const answers = (status = 200) => circuit.watch(async () => ({ status }))
const fails = async (code: FaultCode) => {
  await circuit.watch(() => Promise.reject(new Fault(code))).catch(() => {})
}
async function open() {
  for (let n = 0; n < 3; n += 1) await fails('upstream.unreachable')
}

it('the pause lasts as long as it should when the clock is set back meanwhile', async () => {
  await open()
  vi.setSystemTime(Date.now() - 3 * 3_600_000)
  expect(() => circuit.assertClosed()).toThrow(
    expect.objectContaining({ code: 'upstream.circuit-open', retryAfterSeconds: pauseMs / 1000 }),
  )
  vi.advanceTimersByTime(pauseMs)
  expect(() => circuit.assertClosed()).not.toThrow()
  expect(await answers()).toEqual({ status: 200 })
  expect(circuit.reading().state).toBe('closed')
})

describe('a circuit opens', () => {
  it.each<FaultCode>(['upstream.unreachable', 'upstream.timeout', 'upstream.aborted'])(
    'after so many calls in a row that ended with %s',
    async (code) => {
      for (let n = 0; n < 3; n += 1) {
        expect(() => circuit.assertClosed()).not.toThrow()
        await fails(code)
      }
      expect(() => circuit.assertClosed()).toThrow(
        expect.objectContaining({ code: 'upstream.circuit-open', retryAfterSeconds: pauseMs / 1000 }),
      )
      expect(circuit.reading()).toEqual({ state: 'open', number: 2, because: code })
    },
  )

  it('on answers with a status that the configuration names, which are passed on', async () => {
    for (let n = 0; n < 3; n += 1) expect(await answers(503)).toEqual({ status: 503 })
    expect(circuit.reading().state).toBe('open')
  })

  it.each<FaultCode>(['client.gone', 'request.timeout', 'request.too-large', 'mint.rejected-by-upstream'])(
    'never because of %s',
    async (code) => {
      for (let n = 0; n < 9; n += 1) await fails(code)
      expect(circuit.reading().state).toBe('closed')
    },
  )

  it('never while some calls succeed, nor on other answers of the upstream', async () => {
    for (let n = 0; n < 5; n += 1) {
      await fails('upstream.timeout')
      await fails('upstream.timeout')
      await answers(500)
    }
    expect(circuit.reading().state).toBe('closed')
  })
})

it.each<[string, (call: PromiseWithResolvers<{ status: number }>) => void]>([
  ['succeeds', ({ resolve }) => resolve({ status: 200 })],
  ['fails', ({ reject }) => reject(new Fault('upstream.timeout'))],
])('a call from before it opened that %s after the pause is no trial', async (_how, end) => {
  const early = Promise.withResolvers<{ status: number }>()
  const outcome = circuit.watch(() => early.promise)
  await open()
  vi.advanceTimersByTime(pauseMs)
  end(early)
  await Promise.allSettled([outcome])
  expect(changes).toEqual(['open'])
  expect(() => circuit.assertClosed()).not.toThrow()
  await answers()
  expect(changes).toEqual(['open', 'closed'])
})

describe('after the pause', () => {
  beforeEach(async () => {
    await open()
    vi.advanceTimersByTime(pauseMs)
  })

  it('one call tries it while everyone else is refused, and closes it', async () => {
    const trial = Promise.withResolvers<{ status: number }>()
    expect(() => circuit.assertClosed()).not.toThrow()
    const outcome = circuit.watch(() => trial.promise)
    expect(() => circuit.assertClosed()).toThrow(expect.objectContaining({ code: 'upstream.circuit-open' }))
    trial.resolve({ status: 200 })
    await outcome
    expect(() => circuit.assertClosed()).not.toThrow()
    expect(changes).toEqual(['open', 'closed'])
  })

  it('the head of the answer decides, whatever becomes of the rest', async () => {
    const trial = Promise.withResolvers<{ status: number }>()
    const outcome = circuit.watch((answering) => {
      answering(200)
      return trial.promise
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(circuit.reading().state).toBe('closed')
    trial.reject(new Fault('upstream.aborted'))
    await expect(outcome).rejects.toThrow()
    await fails('upstream.aborted')
    expect(circuit.reading().state, 'the end that broke off is one of three').toBe('closed')
    await fails('upstream.aborted')
    expect(circuit.reading().state).toBe('open')
  })

  it('the head of an answer with a status that counts leaves it open', async () => {
    await circuit.watch(async (answering) => {
      answering(503)
      return { status: 503 }
    })
    expect(circuit.reading().state).toBe('open')
  })

  it('a trial that ends with upstream.timeout leaves it open for another pause', async () => {
    await fails('upstream.timeout')
    expect(circuit.reading().state).toBe('open')
    vi.advanceTimersByTime(pauseMs - 1)
    expect(() => circuit.assertClosed()).toThrow()
    vi.advanceTimersByTime(1)
    expect(() => circuit.assertClosed()).not.toThrow()
    expect(changes).toEqual(['open', 'open'])
  })

  it.each<FaultCode>(['client.gone', 'request.timeout', 'audit.unavailable', 'gateway.unexpected'])(
    'a trial that ends with %s before an answer says nothing: the next call is the next trial',
    async (code) => {
      await fails(code)
      expect(circuit.reading()).toEqual({ state: 'open', number: 2, because: 'upstream.unreachable' })
      expect(changes, 'it did not open once more').toEqual(['open'])
      expect(() => circuit.assertClosed()).not.toThrow()
      await answers()
      expect(circuit.reading().state).toBe('closed')
    },
  )

  it('a call that throws before it begins is a trial that comes to nothing, and leaves nothing behind', async () => {
    const defect = new TypeError('no promise came of it')
    const outcome = circuit.watch(() => {
      throw defect
    })
    await expect(outcome).rejects.toBe(defect)
    expect(vi.getTimerCount(), 'timers of a trial that is over').toBe(0)
    expect(circuit.reading().state).toBe('open')
    await answers()
    expect(circuit.reading().state).toBe('closed')
  })

  it('a trial without a verdict within another pause lets one more call try', async () => {
    const slow = Promise.withResolvers<{ status: number }>()
    const outcome = circuit.watch(() => slow.promise)
    await vi.advanceTimersByTimeAsync(pauseMs - 1)
    expect(() => circuit.assertClosed()).toThrow()
    await vi.advanceTimersByTimeAsync(1)
    expect(() => circuit.assertClosed()).not.toThrow()
    await answers()
    expect(circuit.reading().state).toBe('closed')
    slow.reject(new Fault('client.gone'))
    await expect(outcome).rejects.toThrow()
    expect(circuit.reading().state).toBe('closed')
  })

  it.each<FaultCode>(['mint.rejected-by-upstream', 'upstream.invalid-response'])(
    'a trial that the upstream answered, with %s, closes it: it is there',
    async (code) => {
      await circuit
        .watch(async (answering) => {
          if (code === 'mint.rejected-by-upstream') answering(401)
          throw new Fault(code)
        })
        .catch(() => {})
      expect(circuit.reading().state).toBe('closed')
      await fails('upstream.timeout')
      await fails('upstream.timeout')
      expect(circuit.reading().state, 'it is counted from the start').toBe('closed')
    },
  )
})
