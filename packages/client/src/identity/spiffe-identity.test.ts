import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unsignedJwt } from '../../test/unsigned-jwt.ts'
import { spiffeIdentity } from './spiffe-identity.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-'))
  path = join(folder, 'jwt_svid.token')
})
afterEach(() => rm(folder, { recursive: true }))

test('gives the renewed SVID as soon as it is there', async () => {
  const source = spiffeIdentity({ path })
  await expect(source.token()).rejects.toThrow(`the JWT-SVID ${path} cannot be read`)
  await writeFile(path, 'first')
  expect(await source.token()).toBe('first')
  await writeFile(join(folder, 'next'), 'other')
  await rename(join(folder, 'next'), path)
  expect(await source.token()).toBe('other')
})

test('a file that is emptied before it is written is waited out with the SVID that still lives', async () => {
  const token = unsignedJwt(300)
  await writeFile(path, token)
  const source = spiffeIdentity({ path })
  expect(await source.token()).toBe(token)
  await writeFile(path, '')
  expect(await source.token()).toBe(token)
})

test('callers that come together share one look, and none gets a half-written one', async () => {
  const source = spiffeIdentity({ path })
  const whole = new Set(['a'.repeat(50_000), 'b'.repeat(60_000)])
  await writeFile(path, 'a'.repeat(50_000))
  const writing = (async () => {
    for (let n = 0; n < 50; n += 1) await writeFile(path, n % 2 ? 'a'.repeat(50_000) : 'b'.repeat(60_000))
  })()
  for (let n = 0; n < 100; n += 1) {
    const tokens = await Promise.allSettled([source.token(), source.token()])
    for (const told of tokens) if (told.status === 'fulfilled') expect(whole.has(told.value)).toBe(true)
  }
  await writing
})
