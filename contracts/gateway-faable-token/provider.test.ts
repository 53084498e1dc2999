import { startFaable } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { sandboxOptions, sandboxStates } from './sandbox-states.ts'
import type { TokenState } from './states.ts'

test("the sandbox's token endpoint and open documents keep the contract", async () => {
  await using faable = await startFaable(sandboxOptions)
  await verifyProvider<TokenState>({
    provider: 'faable-token',
    url: faable.url,
    states: sandboxStates(faable),
  })
})
