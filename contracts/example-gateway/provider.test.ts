import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { presets } from '@countersign/auth-core'
import { loadConfig } from '@countersign/gateway/src/config/load.ts'
import { test } from 'vitest'
import { startPlatform } from '../services-gateway/platform.ts'
import { platformStates } from '../services-gateway/state-handlers.ts'
import type { PlatformState } from '../services-gateway/states.ts'
import { verifyProvider } from '../support/verify-provider.ts'

const example = fileURLToPath(new URL('../../examples/consumer-service', import.meta.url))

test('a gateway with the policy of the example of a service keeps its contract', async () => {
  const path = join(example, 'countersign')
  const policy = loadConfig(path, { env: {}, presets, policyOnly: true })
  await using platform = await startPlatform([readFileSync(join(path, 'services/seats.yaml'), 'utf8')])
  await verifyProvider<PlatformState>({
    provider: 'countersign-gateway',
    consumers: ['seats'],
    dir: join(example, 'pacts'),
    url: platform.gateway.url,
    states: platformStates({ ...platform, policy }),
  })
})
