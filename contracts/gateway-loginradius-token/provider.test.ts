import { startLoginRadius } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { registered, type TokenState } from './states.ts'

test("the sandbox's token endpoint keeps the contract", async () => {
  // Not the examples: what comes from the state has to arrive, to the byte.
  const clientSecret = `${registered.clientSecret} of the sandbox`
  await using loginRadius = await startLoginRadius({ clientSecret })
  async function healthy() {
    loginRadius.reset()
    return { clientId: loginRadius.clientId, clientSecret }
  }
  await verifyProvider<TokenState>({
    provider: 'loginradius-token',
    url: new URL(loginRadius.tokenEndpoint).origin,
    states: {
      'the client is registered': healthy,
      'the client is registered (assumed)': healthy,
      async 'the token endpoint is out of service (assumed)'() {
        const values = await healthy()
        loginRadius.failTokenEndpoint('unavailable')
        return values
      },
    },
  })
})
