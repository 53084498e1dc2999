import { startAuthAction, type TokenPath } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { registered, type TokenState } from './states.ts'

test("the sandbox's token endpoint keeps the contract, under both of its names", async () => {
  // Not the examples: what comes from the state has to arrive, to the byte.
  const clientSecret = `${registered.clientSecret} of the sandbox`
  await using authAction = await startAuthAction({ clientSecret })
  async function healthy() {
    authAction.reset()
    const { clientId, audience } = authAction
    return { clientId, clientSecret, audience }
  }
  async function servedAt(path: TokenPath) {
    const values = await healthy()
    authAction.serveTokenPath(path)
    return values
  }
  await verifyProvider<TokenState>({
    provider: 'authaction-token',
    url: authAction.url,
    states: {
      'the client is registered': healthy,
      'the client is registered (assumed)': healthy,
      'tokens come from the new path only (assumed)': () => servedAt('new'),
      'tokens come from the old path only (assumed)': () => servedAt('old'),
      async 'the token endpoint is out of service (assumed)'() {
        const values = await healthy()
        authAction.failTokenEndpoint('unavailable')
        return values
      },
    },
  })
})
