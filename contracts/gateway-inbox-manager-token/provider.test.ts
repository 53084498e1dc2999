import { startInboxManager } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { audience, registered, type TokenState } from './states.ts'

test("the sandbox's token endpoint keeps the contract", async () => {
  await using inbox = await startInboxManager({ ...registered, audience })
  async function healthy(): Promise<undefined> {
    inbox.reset()
  }
  await verifyProvider<TokenState>({
    provider: 'inbox-manager-token',
    url: inbox.issuer,
    states: {
      'the client is registered': healthy,
      'the client is registered (assumed)': healthy,
      async 'the token endpoint is out of service (assumed)'() {
        inbox.failTokenEndpoint('unavailable')
        return undefined
      },
    },
  })
})
