import { Secret } from '@countersign/auth-core'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { StoreKeys } from '../config/loaded-config.ts'
import { createRekey } from './create-rekey.ts'

const keysOf = (kid: string): StoreKeys => ({ active: kid, byId: new Map([[kid, new Secret(kid)]]) })

it('tries again until the file is written under the latest keys, and not under those before', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let isFull = true
  const asked: string[] = []
  const store = {
    get: () => undefined,
    put: async () => {},
    assertWritable: async () => {},
    async rekey({ active }: StoreKeys) {
      asked.push(active)
      if (isFull) throw new Error('no space')
    },
  }
  const said: string[] = []
  const log = pino({}, { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) })
  const rekey = createRekey(store, log)
  rekey(keysOf('one'))
  rekey(keysOf('two'))
  await vi.advanceTimersByTimeAsync(15_000)
  isFull = false
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked).toEqual(['one', 'two', 'two', 'two'])
  expect(said.at(-1)).toBe('the store is written under its new key')
})
