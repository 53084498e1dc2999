import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '@countersign/testkit'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Runs the command line on a Node that says it is of this version. */
async function run(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process, 'version', { value: '${version}' })`
  const args = ['--import', pretend, join(root, 'src/main.ts'), '--version']
  const command = await startProcess(process.execPath, args)
  return { code: await command.exited, out: command.stdout(), err: command.stderr() }
}

it('says which Node is needed, before anything is loaded that would not load', async () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [, oldest] = /^>=(\d+)$/.exec(engines.node) ?? []
  expect(await run(`v${oldest}.0.0`)).toMatchObject({ code: 0, out: '0.1.0\n' })
  const { code, err } = await run('v20.20.2')
  expect(code).toBe(2)
  expect(err).toContain(`countersign needs Node ${oldest} or newer, and this is v20.20.2.`)
})
