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

  it.each<FaultCode>(['upstream.timeout', 'client.gone', 'request.timeout'])(
    'a trial that ends with %s leaves it open for another pause',
    async (code) => {
      await fails(code)
      expect(circuit.reading().state).toBe('open')
      vi.advanceTimersByTime(pauseMs - 1)
      expect(() => circuit.assertClosed()).toThrow()
      vi.advanceTimersByTime(1)
      expect(() => circuit.assertClosed()).not.toThrow()
    },
  )

  it('a trial that the upstream answered with 401 closes it: it is there', async () => {
    await fails('mint.rejected-by-upstream')
    expect(circuit.reading().state).toBe('closed')
  })
})
