import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

let around: string
let folder: string
beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'countersign-'))
  chmodSync(around, 0o755)
  folder = join(around, 'cache')
  onTestFinished(() => rmSync(around, { recursive: true }))
})

/** Keeps what a process without a umask compiles. */
async function keep(): Promise<void> {
  const module = pathToFileURL(join(import.meta.dirname, 'compile-cache.ts'))
  const script = `process.umask(0); (await import('${module}')).keepCompiled('${folder}')`
  const run = await startProcess(process.execPath, ['--input-type=module', '--eval', script], {
    env: { NODE_COMPILE_CACHE: undefined }, // that of Vitest
  })
  expect(await run.exited).toBe(0)
}

it('keeps it where nobody else can write, whatever the umask', async () => {
  await keep()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder)).toHaveLength(1)
})

it('does not use a folder that anybody may write to, unless the sources beside it are such as well', async () => {
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  await keep()
  expect(readdirSync(folder)).toEqual([])
  chmodSync(around, 0o777)
  await keep()
  expect(readdirSync(folder)).toHaveLength(1)
})

it('does without where there can be none', async () => {
  folder = '/dev/null/cache'
  await keep()
})
