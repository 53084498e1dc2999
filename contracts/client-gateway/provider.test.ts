import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceCalls } from '../services-gateway/service-calls.ts'
import { countersign } from '../support/countersign.ts'
import { pacts } from '../support/places.ts'
import { writeConfiguration } from '../support/start-gateway.ts'
import { verifyProvider } from '../support/verify-provider.ts'
import { stateHandlers } from './state-handlers.ts'
import type { GatewayState } from './states.ts'
import { type Surroundings, startSurroundings } from './surroundings.ts'

const provider = 'countersign-gateway'
const consumers = ['countersign-client', 'oauth-client']

let surroundings: Surroundings
beforeAll(async () => {
  surroundings = await startSurroundings()
})
afterAll(() => surroundings[Symbol.asyncDispose]())

test('the gateway keeps the contract, with identities that a real issuer signed', async () => {
  await verifyProvider<GatewayState>({
    provider,
    consumers,
    url: surroundings.gateway.url,
    states: stateHandlers(surroundings),
  })
})

test('and so does one with the policy that `contracts suggest` makes of the contract: it grants nothing more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
  const policy = writeConfiguration(folder, surroundings.sections)
  const others = [...serviceCalls.keys()].flatMap((consumer) => ['--ignore', consumer])
  const args = ['--pacts', pacts, '--policy', policy, ...others]
  const suggested = countersign('contracts', 'suggest', '--services', ...args)
  expect(suggested).toMatchObject({ status: 0, stderr: '' })
  writeConfiguration(folder, { ...surroundings.sections, services: [suggested.stdout] })
  expect(countersign('contracts', 'check', '--least-privilege', ...args)).toMatchObject({ status: 0 })
  rmSync(folder, { recursive: true })

  await using other = await startSurroundings([suggested.stdout])
  await verifyProvider({ provider, consumers, url: other.gateway.url, states: stateHandlers(other) })
})
