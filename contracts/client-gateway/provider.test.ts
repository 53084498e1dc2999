import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serviceCalls } from '../services-gateway/service-calls.ts'
import { countersign } from '../support/countersign.ts'
import { pacts } from '../support/places.ts'
import { writeConfiguration } from '../support/start-gateway.ts'
import { verifyProvider } from '../support/verify-provider.ts'
import { stateHandlers } from './state-handlers.ts'
import type { GatewayState } from './states.ts'
import { type Surroundings, startSurroundings } from './surroundings.ts'

function verify(surroundings: Surroundings): Promise<void> {
  return verifyProvider<GatewayState>({
    provider: 'countersign-gateway',
    consumers: ['countersign-client'],
    url: surroundings.gateway.url,
    states: stateHandlers(surroundings),
  })
}

test('the gateway keeps the contract, with identities that a real issuer signed', async () => {
  await using surroundings = await startSurroundings()
  await verify(surroundings)
})

test('and so does one with the policy that `contracts suggest` makes of the contract', async () => {
  await using given = await startSurroundings()
  const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
  const policy = writeConfiguration(folder, given.sections)
  const others = [...serviceCalls.keys()].flatMap((consumer) => ['--ignore', consumer])
  const args = ['suggest', '--pacts', pacts, '--policy', policy, '--services', ...others]
  const suggested = countersign('contracts', ...args)
  rmSync(folder, { recursive: true })
  expect(suggested).toMatchObject({ status: 0, stderr: '' })
  await using surroundings = await startSurroundings([suggested.stdout])
  await verify(surroundings)
})
