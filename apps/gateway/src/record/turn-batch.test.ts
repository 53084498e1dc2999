import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { TurnBatch } from './turn-batch.ts'

function createBatch() {
  const handed: string[][] = []
  const batch = new TurnBatch<string, number>((items) => handed.push([...items]))
  return { batch, handed }
}

it('hands over in one go, in order, what came in one turn of the event loop', async () => {
  const { batch, handed } = createBatch()
  const [one, two] = [batch.add('one'), batch.add('two')]
  expect([one.number, two.number]).toEqual([1, 2])
  expect(handed).toEqual([])
  expect(await Promise.all([one.outcome, two.outcome])).toEqual([1, 1])
  expect(handed).toEqual([['one', 'two']])
  expect(await batch.add('three').outcome).toBe(2)
  expect(handed).toEqual([['one', 'two'], ['three']])
})

it('hands over at once when told to, and nothing twice', async () => {
  const { batch, handed } = createBatch()
  const { outcome } = batch.add('one')
  batch.flush()
  batch.flush()
  expect(handed).toEqual([['one']])
  const next = batch.add('two')
  expect(await outcome).toBe(1)
  expect(await next.outcome).toBe(2)
  await turn()
  expect(handed).toEqual([['one'], ['two']])
})
