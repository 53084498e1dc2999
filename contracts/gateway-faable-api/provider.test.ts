import { startFaable } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { sandboxStates } from './sandbox-states.ts'
import type { ApiState } from './states.ts'

test("the sandbox's management API keeps the contract, with tokens that it really minted", async () => {
  await using faable = await startFaable({ tokenRequestLimit: null })
  await verifyProvider<ApiState>({ provider: 'faable-api', url: faable.url, states: sandboxStates(faable) })
})
