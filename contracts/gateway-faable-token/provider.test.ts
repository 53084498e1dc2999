import { startFaable } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { registered, type TokenState } from './states.ts'

test("the sandbox's token endpoint and open documents keep the contract", async () => {
  // Not the examples: what comes from the state has to arrive, to the byte.
  const clientSecret = `${registered.clientSecret} of the sandbox`
  await using faable = await startFaable({ clientSecret, tokenRequestLimit: { requests: 1, seconds: 10 } })
  async function healthy() {
    faable.reset()
    const { clientId, audience, url } = faable
    return { clientId, clientSecret, audience, host: new URL(url).hostname }
  }
  await verifyProvider<TokenState>({
    provider: 'faable-token',
    url: faable.url,
    states: {
      'the client is registered': healthy,
      'the client is registered (assumed)': healthy,
      async 'the plan pays for no more machine tokens'() {
        const values = await healthy()
        faable.limitTokens(0)
        return values
      },
      async 'the client has asked too often'() {
        const values = await healthy()
        await faable.mintToken('read:users')
        return values
      },
      async 'the token endpoint is out of service (assumed)'() {
        const values = await healthy()
        faable.failTokenEndpoint('unavailable')
        return values
      },
    },
  })
})
