import { startAurinko } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { known, type TokenState } from './states.ts'

test("the sandbox's consent, and the exchange of its code, keep the contract", async () => {
  // Not the examples: what comes from the state has to arrive, to the byte.
  const clientSecret = `${known.clientSecret} of the sandbox`
  await using aurinko = await startAurinko({ clientSecret })
  const { clientId, url } = aurinko
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')

  async function healthy() {
    aurinko.reset()
    return { clientId, clientSecret, basic }
  }
  async function consented() {
    const values = await healthy()
    const { accountId } = aurinko.seedServiceAccount()
    return { ...values, code: aurinko.seedCode({ accountId }) }
  }
  await verifyProvider<TokenState>({
    provider: 'aurinko-token',
    url,
    states: {
      'the application is registered': healthy,
      'an administrator has consented': consented,
      async 'the code of a consent was used (assumed)'() {
        const values = await consented()
        const headers = { authorization: `Basic ${basic}` }
        await fetch(`${url}/v1/auth/token/${values.code}`, { method: 'POST', headers })
        return values
      },
      async 'the exchange is out of service (assumed)'() {
        const values = await consented()
        aurinko.failTokenEndpoint('unavailable')
        return values
      },
    },
  })
})
