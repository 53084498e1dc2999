import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { unsignedJwt } from '../../test/unsigned-jwt.ts'
import { kubernetesIdentity } from './kubernetes-identity.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true })
})

test('follows the kubelet, which swaps a symbolic link', async () => {
  await project('first', '1')
  const source = kubernetesIdentity({ path: join(folder, 'token') })
  expect(await source.token()).toBe('first')
  expect(await source.token()).toBe('first')
  await project('other', '2') // as long as the first
  expect(await source.token()).toBe('other')
})

test('reads again after a minute even when the file looks the same', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const path = join(folder, 'token')
  const source = kubernetesIdentity({ path })
  const writeInPlace = async (token: string) => {
    await writeFile(path, token)
    await utimes(path, 1, 1)
  }
  await writeInPlace('first\n')
  expect(await source.token()).toBe('first')
  await writeInPlace('other\n')
  vi.setSystemTime(Date.now() + 59_000)
  expect(await source.token()).toBe('first')
  vi.setSystemTime(Date.now() + 1_000)
  expect(await source.token()).toBe('other')
})

test('while the file is gone, an unexpired token goes on serving, and an expired one does not', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const path = join(folder, 'token')
  const token = unsignedJwt(600)
  await writeFile(path, token)
  const source = kubernetesIdentity({ path })
  await source.token()
  await rm(path)
  expect(await source.token()).toBe(token)
  vi.setSystemTime(Date.now() + 601_000)
  await expect(source.token()).rejects.toMatchObject({ name: 'IdentityError', cause: { code: 'ENOENT' } })
})

test('a file that is missing or empty is named', async () => {
  const path = join(folder, 'token')
  const source = kubernetesIdentity({ path })
  await expect(source.token()).rejects.toThrow(`the projected token ${path} cannot be read`)
  await writeFile(path, '\n')
  await expect(source.token()).rejects.toThrow(`the projected token ${path} is empty`)
  await writeFile(path, 'here')
  expect(await source.token()).toBe('here')
})

/** As the kubelet does: a new folder, then the link to it replaced in one step. */
async function project(token: string, version: string): Promise<void> {
  await mkdir(join(folder, version))
  await writeFile(join(folder, version, 'token'), token)
  await utimes(join(folder, version, 'token'), 1, 1)
  await symlink(version, join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  await symlink('..data/token', join(folder, 'token')).catch(() => undefined)
}
