import { startInboxManager } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { audience, registered, type TokenState } from './states.ts'

test("the sandbox's token endpoint keeps the contract", async () => {
  // Not the examples: what comes from the state has to arrive, to the byte.
  const clientSecret = `${registered.clientSecret} of the sandbox`
  await using inbox = await startInboxManager({ audience, clientSecret })
  async function healthy() {
    inbox.reset()
    return { clientId: inbox.clientId, clientSecret }
  }
  await verifyProvider<TokenState>({
    provider: 'inbox-manager-token',
    url: inbox.issuer,
    states: {
      'the client is registered': healthy,
      'the client is registered (assumed)': healthy,
      async 'the token endpoint is out of service (assumed)'() {
        const values = await healthy()
        inbox.failTokenEndpoint('unavailable')
        return values
      },
    },
  })
})
