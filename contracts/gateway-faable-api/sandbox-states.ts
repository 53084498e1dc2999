import type { Faable } from '@countersign/sandbox'
import type { StateHandler } from '../support/verify-provider.ts'
import { type ApiState, knownEmail } from './states.ts'

/** How the sandbox makes each state so. */
export function sandboxStates(faable: Faable): Readonly<Record<ApiState, StateHandler>> {
  async function empty() {
    faable.reset()
    return { token: await faable.mintToken() }
  }
  async function populated() {
    return { ...(await empty()), user: faable.seed('users', { email: knownEmail, suspended: false }).id }
  }
  async function signedIn(status = 'active') {
    return { ...(await empty()), session: faable.seed('sessions', { status }).id }
  }

  return {
    'nobody is there': empty,
    'a user exists': populated,
    'a user exists (assumed)': populated,
    async 'two users exist'() {
      const { token } = await populated()
      faable.seed('users')
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${faable.url}/user?pageSize=1`, { headers })
      const { next }: { next: string } = JSON.parse(await answer.text())
      return { token, cursor: next }
    },
    'a session is active': () => signedIn(),
    'a session was revoked': () => signedIn('revoked'),
    async 'two things have been logged'() {
      const values = await empty()
      const [{ id: log }] = [faable.seed('logs'), faable.seed('logs')]
      return { ...values, log }
    },
    async 'the token is for another account (assumed)'() {
      const values = await empty()
      faable.moveAccount('acc_elsewhere')
      return values
    },
    async 'the token was asked for without an audience (assumed)'() {
      await empty()
      const { clientId: client_id, clientSecret: client_secret, tokenEndpoint } = faable
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
      const answer = await fetch(tokenEndpoint, { method: 'POST', body })
      const { access_token }: { access_token: string } = JSON.parse(await answer.text())
      return { token: access_token }
    },
    async 'the token lacks the scope'() {
      await empty()
      return { token: await faable.mintToken('read:clients') }
    },
    async 'the token is revoked'() {
      const values = await empty()
      faable.revokeTokens()
      return values
    },
    async 'the limit of requests is reached'() {
      const values = await empty()
      faable.limitRequests(0)
      return values
    },
  }
}
