import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MatchersV3 } from '@pact-foundation/pact'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mergePacts } from './merge-pacts.ts'
import { messageConsumerOf } from './message-consumer.ts'
import { readPacts } from './read-pacts.ts'
import { type ActualMessage, verifyMessages } from './verify-messages.ts'

let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'contract-'))
  const written = join(dir, 'written')
  const read = messageConsumerOf<string>({ consumer: 'a-reader', provider: 'a-writer', dir: written })
  const content = { who: 'ada', count: MatchersV3.integer(1) }
  await read({ receives: 'something happened', content }, async (message) =>
    expect(message).toEqual({ who: 'ada', count: 1 }),
  )
  const [pact] = mergePacts(readPacts(written).map((found) => found.pact))
  rmSync(written, { recursive: true })
  writeFileSync(join(dir, 'pact.json'), JSON.stringify(pact))
})
afterAll(() => rmSync(dir, { recursive: true }))

const verify = (messages: Readonly<Record<string, () => Promise<ActualMessage>>>) =>
  verifyMessages<string>({ provider: 'a-writer', consumers: ['a-reader'], messages, dir })
const writes = (content: object) => async () => ({ content })

test('a message that is as its reader needs it passes', async () => {
  await verify({ 'something happened': writes({ who: 'ada', count: 7, more: true }) })
})

test('each difference is one line, with its place', async () => {
  await expect(verify({ 'something happened': writes({ who: 'eve', count: 'many' }) })).rejects.toThrow(
    [
      "✗ a-reader and a-writer - something happened: BodyMismatch $.count: Expected 'many' (String) to be an integer",
      "✗ a-reader and a-writer - something happened: BodyMismatch $.who: Expected 'eve' (String) to be equal to 'ada' (String)",
    ].join('\n'),
  )
})

describe('what pact passes over', () => {
  test('a message that nobody makes fails', async () => {
    await expect(verify({})).rejects.toThrow('nobody makes the message "something happened"')
  })

  test('a message that no contract asks for fails', async () => {
    const messages = { 'something happened': writes({}), 'nothing happened': writes({}) }
    await expect(verify(messages)).rejects.toThrow('no contract asks for the message "nothing happened"')
  })

  test('one that cannot be made fails by its own error', async () => {
    const broken = () => Promise.reject(new Error('the disk is full'))
    await expect(verify({ 'something happened': broken })).rejects.toThrow(
      'the message "something happened" threw: the disk is full',
    )
  })
})
