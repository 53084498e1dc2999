import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { together } from './together.ts'

it('hands on what came in one turn of the event loop at its end, in order', async () => {
  const handled: string[] = []
  const handOn = together((item: string) => handled.push(item))
  handOn('one')
  await Promise.resolve()
  handOn('two')
  expect(handled).toEqual([])
  await turn()
  expect(handled).toEqual(['one', 'two'])
})

it('lets each step be taken for all before the next one begins', async () => {
  const steps: string[] = []
  const handOn = together(async (item: string) => {
    steps.push(`${item} identified`)
    await undefined
    steps.push(`${item} forwarded`)
  })
  handOn('one')
  handOn('two')
  await turn()
  expect(steps).toEqual(['one identified', 'two identified', 'one forwarded', 'two forwarded'])
})

it('leaves what comes while others are handled to the next turn', async () => {
  const handled: string[] = []
  const handOn = together((item: string) => {
    handled.push(item)
    if (item === 'one') handOn('behind')
  })
  handOn('one')
  await turn()
  expect(handled).toEqual(['one'])
  await turn()
  expect(handled).toEqual(['one', 'behind'])
})

it('handles each in the asynchronous context that it came in', async () => {
  const context = new AsyncLocalStorage<string>()
  const handled: unknown[] = []
  const handOn = together((item: string) => handled.push([item, context.getStore()]))
  context.run('of one', () => handOn('one'))
  context.run('of two', () => handOn('two'))
  await turn()
  expect(handled).toEqual([
    ['one', 'of one'],
    ['two', 'of two'],
  ])
})
