import { setTimeout as sleep } from 'node:timers/promises'
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { startLoad } from '../support/keep-alive-load.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** Answers after 0 to 40 ms, so that calls are at every step when something happens. */
function answersInAWhile(stage: Stage): void {
  let count = 0
  stage.first.answerWith(async () => {
    count += 1
    await sleep((count * 7) % 40)
    return rawAnswer(200, 'fine')
  })
}

const idsOf = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id).sort()

describe.concurrent('under load over connections that are kept', () => {
  it('K107 SIGTERM: whatever was sent upstream is answered, on record, and the exit code is 0', async () => {
    await using stage = await openStage()
    answersInAWhile(stage)
    const load = startLoad(stage.port, stage.caller)
    await vi.waitFor(() => expect(load.answered).toBeGreaterThan(200), { timeout: 20_000 })
    expect(await stage.gateway.stop()).toBe(0)
    const calls = await load.stop()

    const answered = calls.filter(({ status }) => status !== undefined)
    expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([200]))
    expect(calls.filter(({ hasBegun }) => hasBegun)).toEqual([])
    const sent = stage.first.requests.map(({ headers }) => ({
      id: fieldValues(headers, 'x-request-id')[0] ?? '',
    }))
    expect(idsOf(sent)).toEqual(idsOf(answered))
    const closed = stage.audit().filter(({ kind }) => kind === 'close')
    expect(idsOf(closed.map(({ request_id: id }) => ({ id })))).toEqual(idsOf(answered))
    const refusals = new Set(calls.flatMap(({ error }) => error ?? []))
    expect([...refusals].filter((code) => !['ECONNREFUSED', 'ECONNRESET'].includes(code))).toEqual([])
  }, 60_000)

  it('K107 SIGHUP and changed configurations: no call fails', async () => {
    await using stage = await openStage()
    answersInAWhile(stage)
    const load = startLoad(stage.port, stage.caller)
    const applied = async () =>
      Number(/config_reloads_total\{result="applied"\} (\d+)/.exec(await stage.metrics())?.[1] ?? 0)
    for (let change = 1; change <= 10; change += 1) {
      const changed = structuredClone(stage.configuration)
      Object.assign(changed.services, {
        [`new-${change}`]: { identities: [{ issuer: 'cluster', subject: `new-${change}` }], allow: [] },
      })
      const before = load.answered
      stage.write('countersign.yaml', JSON.stringify(changed))
      process.kill(stage.gateway.pid, 'SIGHUP')
      await vi.waitFor(
        async () => {
          expect(await applied()).toBe(change)
          expect(load.answered).toBeGreaterThan(before + 20)
        },
        { timeout: 20_000 },
      )
    }
    const calls = await load.stop()
    expect(calls.filter(({ status }) => status !== 200)).toEqual([])
    expect(stage.audit().filter(({ kind }) => kind === 'close')).toHaveLength(calls.length)
  }, 90_000)
})
