import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type ConsentedAccount, Secret } from '@countersign/auth-core'
import { startProcess } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoreKeys } from '../config/loaded-config.ts'
import { openAccountStore } from './open-account-store.ts'
import { StoreError } from './store-error.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'store.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const one = randomBytes(32).toString('base64')
const two = randomBytes(32).toString('base64')
const keysOf = (active: string, byId: Record<string, string>): StoreKeys => ({
  active,
  byId: new Map(Object.entries(byId).map(([kid, key]) => [kid, new Secret(key)])),
})
const onlyOne = keysOf('one', { one })
const account = (token: string): ConsentedAccount => ({
  token: new Secret(token),
  origin: 'https://mail.example',
  accountId: '123',
  consentedAt: 1,
  consentedBy: { issuer: 'staff', subject: 'ann' },
  deadSince: undefined,
})
const open = (keys = onlyOne) => openAccountStore({ file, keys })
const refusal = async (keys = onlyOne) => {
  const error: unknown = await open(keys).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StoreError)
  return (error as StoreError).message
}
const entries = () => (JSON.parse(readFileSync(file, 'utf8')) as { entries: Record<string, string> }).entries
const kids = () =>
  Object.values(entries()).map(
    (entry) => JSON.parse(Buffer.from(entry.split('.')[0] ?? '', 'base64url').toString()).kid,
  )

it('begins empty, without a file', async () => {
  expect((await open()).get('a')).toBeUndefined()
  expect(existsSync(file)).toBe(false)
})

it('gives back what was put, to the next process as well', async () => {
  const store = await open()
  await Promise.all([store.put('a', account('token-a')), store.put('b', account('token-b'))])
  await store.put('a', { ...account('token-c'), deadSince: 5 })
  const next = await open()
  expect(next.get('a')?.token.reveal()).toBe('token-c')
  expect(next.get('a')).toEqual({ ...account('token-c'), token: expect.anything(), deadSince: 5 })
  expect(next.get('b')?.token.reveal()).toBe('token-b')
  expect(readFileSync(file, 'utf8') + inspect(next, { depth: 9 })).not.toContain('token-')
})

describe('does not open', () => {
  beforeEach(async () => {
    const store = await open()
    await store.put('a', account('token-a'))
    await store.put('b', account('token-b'))
  })
  const change = (edit: (all: Record<string, string>) => void) => {
    const all = entries()
    edit(all)
    writeFileSync(file, JSON.stringify({ version: 1, entries: all }))
  }

  it('with another key of that name', async () => {
    expect(await refusal(keysOf('one', { one: two }))).toMatch(
      /store.json: the entry of a does not open with the key "one"/,
    )
  })
  it('without its key', async () => {
    expect(await refusal(keysOf('two', { two }))).toMatch(
      /written with the key "one", and gateway.store.keys has only: two/,
    )
  })
  it('with a changed entry', async () => {
    change((all) => {
      all.a = `${all.a?.slice(0, -4)}AAAA`
    })
    expect(await refusal()).toMatch(/the file was changed/)
  })
  it('with an entry in another’s place', async () => {
    change((all) => {
      all.a = all.b ?? ''
    })
    expect(await refusal()).toMatch(/is the entry of another upstream/)
  })
  it.each(['', '{', '[]', '{"version":2,"entries":{}}', '{"version":1}'])(
    'when it is not a store: %s',
    async (text) => {
      writeFileSync(file, text)
      expect(await refusal()).toMatch(/not a file that a gateway has written/)
    },
  )
  it('when it is a pipe, which a gateway would wait for without end', async () => {
    rmSync(file)
    execFileSync('mkfifo', [file])
    expect(await refusal()).toMatch(/store.json cannot be read: it is not a file/)
  })
  it('with an entry that is no JWE', async () => {
    change((all) => {
      all.a = 'x.y.z'
    })
    expect(await refusal()).toMatch(/not what a gateway writes/)
  })
})

describe('a new key', () => {
  it('is taken at a start, and the old one is not needed after that', async () => {
    await (await open()).put('a', account('token-a'))
    await open(keysOf('two', { one, two }))
    expect(kids()).toEqual(['two'])
    expect((await open(keysOf('two', { two }))).get('a')?.token.reveal()).toBe('token-a')
  })
  it('is taken while running', async () => {
    const store = await open()
    await store.put('a', account('token-a'))
    await store.rekey(keysOf('two', { one, two }))
    expect(kids()).toEqual(['two'])
    await store.put('b', account('token-b'))
    expect(kids()).toEqual(['two', 'two'])
  })
  it('that the file could not be written under is tried again: the old one may be removed after that', async () => {
    const store = await open()
    await store.put('a', account('token-a'))
    const before = readFileSync(file)
    rmSync(folder, { recursive: true })
    await expect(store.rekey(keysOf('two', { one, two }))).rejects.toThrow(/cannot be written/)
    mkdirSync(folder)
    writeFileSync(file, before)
    await store.rekey(keysOf('two', { two }))
    expect(kids()).toEqual(['two'])
  })
})

it('keeps what another process has put meanwhile', async () => {
  const store = await open()
  await store.put('a', account('token-a'))
  const other = await open()
  await store.put('b', account('token-b'))
  await other.put('c', account('token-c'))
  await store.put('d', account('token-d'))
  expect(Object.keys(entries()).sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(store.get('c')?.token.reveal()).toBe('token-c')
})

it('writes nothing over a file that it cannot read', async () => {
  const store = await open()
  await store.put('a', account('token-a'))
  writeFileSync(file, 'something else')
  await expect(store.put('b', account('token-b'))).rejects.toThrow(/not a file that a gateway has written/)
  expect(readFileSync(file, 'utf8')).toBe('something else')
})

it('keeps the account before, when the file cannot be written', async () => {
  const store = await open()
  await store.put('a', account('token-a'))
  rmSync(folder, { recursive: true })
  await expect(store.put('a', account('token-b'))).rejects.toThrow(/cannot be written/)
  expect(store.get('a')?.token.reveal()).toBe('token-a')
})

it('keeps a new account when the one before is declared dead while the new one is written', async () => {
  const store = await open()
  await store.put('a', account('old'))
  const old = store.get('a')
  await Promise.all([
    store.put('a', account('new')),
    store.put('a', { ...account('old'), deadSince: 5 }, old),
  ])
  expect(store.get('a')).toMatchObject({ deadSince: undefined })
  expect((await open()).get('a')?.token.reveal()).toBe('new')
  await store.put('a', { ...account('new'), deadSince: 6 }, store.get('a'))
  expect(store.get('a')).toMatchObject({ deadSince: 6 })
})

it('is whole for whoever reads it while it is written', async () => {
  const store = await open()
  await store.put('a', account('t'))
  let isWriting = true
  const writing = (async () => {
    for (let n = 1; n <= 60; n += 1) await store.put('a', account('t'.repeat(n * 500)))
    isWriting = false
  })()
  let looks = 0
  for (; isWriting; looks += 1) {
    expect(Object.keys(entries())).toEqual(['a'])
    await new Promise((resolve) => setImmediate(resolve))
  }
  await writing
  expect(looks).toBeGreaterThan(60)
})

it('is whole after kill -9 at any moment', async () => {
  const script = `
    import { Secret } from '@countersign/auth-core'
    import { openAccountStore } from ${JSON.stringify(new URL('./open-account-store.ts', import.meta.url).href)}
    const store = await openAccountStore({ file: ${JSON.stringify(file)}, keys: { active: 'one', byId: new Map([['one', new Secret(${JSON.stringify(one)})]]) } })
    for (let n = Number(store.get('a')?.accountId ?? 0) + 1; ; n += 1) {
      await store.put('a', { token: new Secret('t'.repeat(n * 997 % 20000)), origin: undefined, accountId: String(n), consentedAt: 1, consentedBy: { issuer: 'i', subject: 's' }, deadSince: undefined })
      console.log('put ' + n)
    }`
  let kept = 0
  for (let round = 0; round < 5; round += 1) {
    await using writer = await startProcess(process.execPath, ['--input-type=module', '-e', script], {
      cwd: new URL('../..', import.meta.url).pathname,
      ready: (line) => Number(line.split(' ')[1]) > kept + 3 + round * 5,
    })
    await writer.stop('SIGKILL')
    const said = Number(writer.stdout().trimEnd().split('\n').at(-1)?.split(' ')[1])
    kept = Number((await open()).get('a')?.accountId)
    // What was said to be kept is there; one more may have been.
    expect([said, said + 1]).toContain(kept)
  }
})

it('keeps what two processes put at the same time', async () => {
  const script = (name: string) => `
    import { Secret } from '@countersign/auth-core'
    import { openAccountStore } from ${JSON.stringify(new URL('./open-account-store.ts', import.meta.url).href)}
    const store = await openAccountStore({ file: ${JSON.stringify(file)}, keys: { active: 'one', byId: new Map([['one', new Secret(${JSON.stringify(one)})]]) } })
    for (let n = 0; n < 25; n += 1) {
      // Not without a pause: whoever waits for the lock looks now and then, and would find it taken each time.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
      await store.put('${name}' + n, { token: new Secret('t'), origin: undefined, accountId: '1', consentedAt: 1, consentedBy: { issuer: 'i', subject: 's' }, deadSince: undefined })
    }`
  const writers = await Promise.all(
    ['a', 'b'].map((name) =>
      startProcess(process.execPath, ['--input-type=module', '-e', script(name)], {
        cwd: new URL('../..', import.meta.url).pathname,
      }),
    ),
  )
  expect(await Promise.all(writers.map(({ exited }) => exited))).toEqual([0, 0])
  expect(Object.keys(entries())).toHaveLength(50)
})

describe('a symbolic link stays one, and what it leads to is written', () => {
  it.each([
    ['to a file', () => writeFileSync(join(folder, 'data', 'kept.json'), '{"version":1,"entries":{}}')],
    ['to nothing yet', () => {}],
  ])('%s', async (_where, prepare) => {
    mkdirSync(join(folder, 'data'))
    mkdirSync(join(folder, 'etc'))
    prepare()
    symlinkSync('etc', join(folder, 'config'))
    symlinkSync('../data/kept.json', join(folder, 'etc', 'store.json'))
    file = join(folder, 'config', 'store.json')
    await (await open()).put('a', account('token-a'))
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    file = join(folder, 'data', 'kept.json')
    expect(Object.keys(entries())).toEqual(['a'])
  })
})
