import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { startPlatform } from './platform.ts'
import { serviceCalls } from './service-calls.ts'
import { platformStates } from './state-handlers.ts'
import type { PlatformState } from './states.ts'

test('a gateway with the policy of the example lets every service call what it needs, and no more', async () => {
  await using platform = await startPlatform()
  await verifyProvider<PlatformState>({
    provider: 'countersign-gateway',
    consumers: [...serviceCalls.keys()],
    url: platform.gateway.url,
    states: platformStates(platform),
  })
})
