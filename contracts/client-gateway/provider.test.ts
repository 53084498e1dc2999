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

let surroundings: Surroundings
beforeAll(async () => {
  surroundings = await startSurroundings()
})
afterAll(() => surroundings[Symbol.asyncDispose]())

test('the gateway keeps the contract, with identities that a real issuer signed', async () => {
  await verifyProvider<GatewayState>({
    provider,
    consumers: ['countersign-client', 'oauth-client'],
    url: surroundings.gateway.url,
    states: stateHandlers(surroundings),
  })
})

test('and so does one with the policy that `contracts suggest` makes of the contract', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
  const policy = writeConfiguration(folder, surroundings.sections)
  const others = [...serviceCalls.keys()].flatMap((consumer) => ['--ignore', consumer])
  const args = ['suggest', '--pacts', pacts, '--policy', policy, '--services', ...others]
  const suggested = countersign('contracts', ...args)
  rmSync(folder, { recursive: true })
  expect(suggested).toMatchObject({ status: 0, stderr: '' })
  await using other = await startSurroundings([suggested.stdout])
  // Token requests are not put to a policy, so nothing is suggested for them.
  const {
    'exporting may obtain the token of an upstream': _exporting,
    'the tokens of the upstream live longer than may be released': _hoarding,
    ...states
  } = stateHandlers(other)
  await verifyProvider({ provider, consumers: ['countersign-client'], url: other.gateway.url, states })
})
