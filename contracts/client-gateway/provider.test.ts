import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceCalls } from '../services-gateway/service-calls.ts'
import { countersign } from '../support/countersign.ts'
import { pacts } from '../support/places.ts'
import { writeConfiguration } from '../support/start-gateway.ts'
import { verifyProvider } from '../support/verify-provider.ts'
import { asProvider } from './state-handlers.ts'
import { type Surroundings, startSurroundings } from './surroundings.ts'

let surroundings: Surroundings
beforeAll(async () => {
  surroundings = await startSurroundings()
})
afterAll(() => surroundings[Symbol.asyncDispose]())

test('the gateway keeps the contract, with identities that a real issuer signed', async () => {
  await verifyProvider(asProvider(surroundings))
})

test('and so does one with the policy that `contracts suggest` makes of the contract: it grants nothing more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
  const policy = writeConfiguration(join(folder, 'whole'), surroundings.sections)
  const others = [...serviceCalls.keys()].flatMap((consumer) => ['--ignore', consumer])
  const args = ['--pacts', pacts, ...others, '--policy']
  const suggested = countersign('contracts', 'suggest', '--services', ...args, policy)
  expect(suggested).toMatchObject({ status: 0, stderr: '' })
  const sections = { ...surroundings.sections, services: [suggested.stdout] }
  const smallest = writeConfiguration(join(folder, 'smallest'), sections)
  expect(countersign('contracts', 'check', '--least-privilege', ...args, smallest)).toMatchObject({
    status: 0,
  })
  rmSync(folder, { recursive: true })

  await using other = await startSurroundings([suggested.stdout])
  await verifyProvider(asProvider(other))
})
