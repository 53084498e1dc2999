import { startAuthAction } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { type ApiState, known } from './states.ts'

test("the sandbox's management API keeps the contract, with tokens that it really minted", async () => {
  await using authAction = await startAuthAction()
  const { application } = known

  async function empty() {
    authAction.reset()
    return { token: await authAction.mintToken(), application }
  }
  async function populated() {
    return { ...(await empty()), user: authAction.seed('users', { email: 'ada@contract.example' }).id }
  }
  /** Posts to the API as a caller would. */
  async function post(token: string, path: string, body: object): Promise<string> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${authAction.url}/api/v1${path}`, request)
    return await answer.text()
  }

  await verifyProvider<ApiState>({
    provider: 'authaction-api',
    url: authAction.url,
    states: {
      'a user exists': populated,
      'a user exists (assumed)': populated,
      async 'the user has a role (assumed)'() {
        const values = await populated()
        const { id: role } = authAction.seed('roles', { name: 'editor' })
        await post(values.token, `/users/${values.user}/roles`, { roles: [role] })
        return { ...values, role }
      },
      async 'the user is a member of an organization (assumed)'() {
        const values = await populated()
        const { id: role } = authAction.seed('roles', { name: 'editor' })
        const { id: organization } = authAction.seed('organizations', { name: 'Contract' })
        await post(values.token, `/organizations/${organization}/members`, { userId: values.user })
        return { ...values, role, organization }
      },
      'an application has passkeys': empty,
      async 'a person has confirmed a passkey'() {
        const values = await empty()
        const path = `/passkey-plus/${application}/transaction/authenticate`
        const person = { externalId: 'ada', displayName: 'Ada Lovelace' }
        const { data } = JSON.parse(await post(values.token, path, person))
        return { ...values, nonce: authAction.confirmPasskey(data.transactionId) }
      },
      async 'the application is not granted the Management API'() {
        const values = await empty()
        authAction.grantApi(false)
        return values
      },
      async 'the token is for another audience'() {
        await empty()
        return { token: await authAction.mintToken('https://elsewhere.authaction.com') }
      },
      async 'the limit of requests is reached (assumed)'() {
        const values = await empty()
        authAction.limitRequests(0)
        return values
      },
    },
  })
})
