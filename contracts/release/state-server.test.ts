import { expect, test } from 'vitest'
import { startStateServer } from './state-server.ts'

test('what a state has done is undone after the interaction, and not before', async () => {
  const done: string[] = []
  const handlers = new Map([
    [
      'the disk is full',
      async () => {
        done.push('filled')
        return { path: '/full' }
      },
    ],
  ])
  await using server = await startStateServer(handlers, () => done.push('freed'))
  async function change(action: 'setup' | 'teardown') {
    const body = JSON.stringify({ state: 'the disk is full', params: {}, action })
    const answer = await fetch(server.url, { method: 'POST', body })
    return await answer.json()
  }
  expect(await change('setup')).toEqual({ path: '/full' })
  expect(done).toEqual(['filled'])
  expect(await change('teardown')).toEqual({})
  expect(done).toEqual(['filled', 'freed'])
})
