import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'

// Nothing listens there: port 1 is nobody's without a service of old.
const admin = 'http://127.0.0.1:1'
const says = `the admin listener at ${admin} does not answer as one`

function connect(...options: readonly string[]) {
  const command = [main, 'connect', 'mail', '--admin', admin, ...options]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    env: { ...process.env, COUNTERSIGN_OPERATOR_TOKEN: 'token' },
  })
  return { status, stdout, stderr }
}

it('says that nobody answers', () => {
  expect(connect()).toEqual({ status: 1, stdout: '', stderr: `countersign connect: ${says}\n` })
})

it('says so for machines as well, in the form of a consent that failed', () => {
  const { status, stdout, stderr } = connect('--json')
  expect([status, JSON.parse(stdout), stderr]).toEqual([1, { state: 'failed', says }, ''])
})
