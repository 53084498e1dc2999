import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** A copy of the publishing step, so that the real contracts are out of its reach. */
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'publish-'))
  cpSync(fileURLToPath(new URL('.', import.meta.url)), join(home, 'support'), { recursive: true })
  writeFileSync(join(home, 'package.json'), '{"type":"module"}')
})
afterEach(() => rmSync(home, { recursive: true }))

const committed = () => join(home, 'pacts', 'a-b.json')

function write(folder: string, ...descriptions: readonly string[]): void {
  const interactions = descriptions.map((description) => ({
    description,
    providerStates: [{ name: 'given' }],
  }))
  const metadata = { 'pact-js': { version: '17.1.4' }, pactSpecification: { version: '4.0' } }
  const pact = { consumer: { name: 'a' }, provider: { name: 'b' }, interactions, metadata }
  mkdirSync(join(home, '.pact', folder), { recursive: true })
  writeFileSync(join(home, '.pact', folder, 'a-b.json'), JSON.stringify(pact))
}

function publish(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['support/publish.ts', ...args], {
    cwd: home,
    encoding: 'utf8',
  })
  return { status, stderr }
}

test('interactions from many folders become one file, in an order of its own', () => {
  write('1', 'the second')
  write('2', 'the first')
  expect(publish().status).toBe(0)
  const first = readFileSync(committed(), 'utf8')
  const { interactions, metadata } = JSON.parse(first)
  expect(interactions).toMatchObject([{ description: 'the first' }, { description: 'the second' }])
  expect(metadata).toEqual({ pactSpecification: { version: '4.0' } })
  write('1', 'the first')
  write('2', 'the second')
  publish()
  expect(readFileSync(committed(), 'utf8')).toBe(first)
  expect(publish('--check').status).toBe(0)
})

describe('the check fails, and writes nothing', () => {
  beforeEach(() => {
    write('1', 'one')
    publish()
  })

  test.each([
    [
      'a changed contract',
      () => writeFileSync(committed(), readFileSync(committed(), 'utf8').replace('one', 'two')),
      'a-b.json',
    ],
    ['a contract that is not committed', () => rmSync(committed()), 'a-b.json'],
    [
      'one that no test writes any more',
      () => writeFileSync(join(home, 'pacts', 'c-d.json'), '{}'),
      'c-d.json',
    ],
    ['an interaction that no test writes any more', () => write('1', 'another'), 'a-b.json'],
  ])('%s', (_what, change, name) => {
    change()
    for (const attempt of [publish('--check'), publish('--check')]) {
      expect(attempt.status).toBe(1)
      expect(attempt.stderr).toContain(`not what the consumer tests say: ${name}`)
    }
  })
})

test('two interactions by the same name are refused: pact would keep one', () => {
  write('1', 'one')
  write('2', 'one')
  expect(publish().stderr).toContain('two interactions by the name "given / one"')
  expect(publish().status).not.toBe(0)
})

test('a run that wrote nothing is no reason to remove every contract', () => {
  mkdirSync(join(home, '.pact'))
  expect(publish()).toMatchObject({ status: 1, stderr: expect.stringContaining('have written nothing') })
})
