import type { Faable } from '@countersign/sandbox'
import type { StateHandler } from '../support/verify-provider.ts'
import { registered, type TokenState } from './states.ts'

/** Not the examples: what comes from the state has to arrive, to the byte. */
const clientSecret = `${registered.clientSecret} of the sandbox`

/** How the sandbox has to be started for it. */
export const sandboxOptions = { clientSecret, tokenRequestLimit: { requests: 1, seconds: 10 } } as const

/** How the sandbox makes each state so. */
export function sandboxStates(faable: Faable): Readonly<Record<TokenState, StateHandler>> {
  async function healthy() {
    faable.reset()
    const { clientId, audience, url } = faable
    return { clientId, clientSecret, audience, host: new URL(url).hostname }
  }

  return {
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
  }
}
