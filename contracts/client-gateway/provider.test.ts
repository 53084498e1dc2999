import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { stateHandlers } from './state-handlers.ts'
import type { GatewayState } from './states.ts'
import { startSurroundings } from './surroundings.ts'

test('the gateway keeps the contract, with identities that a real issuer signed', async () => {
  await using surroundings = await startSurroundings()
  await verifyProvider<GatewayState>({
    provider: 'countersign-gateway',
    consumers: ['countersign-client'],
    url: surroundings.gateway.url,
    states: stateHandlers(surroundings),
  })
})
