import { startInboxManager } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import type { ApiState } from './states.ts'

test("the sandbox's admin API keeps the contract, with tokens that it really minted", async () => {
  await using inbox = await startInboxManager()

  async function empty() {
    inbox.reset()
    const { applicationId: application, parentAccountId: parent } = inbox
    return { token: await inbox.mintToken(), application, parent }
  }
  async function populated() {
    const values = await empty()
    return { ...values, user: inbox.seedUser().id, account: inbox.seedAccount().id }
  }
  async function joined() {
    const values = await populated()
    const { account: accountId, user: userId } = values
    return { ...values, member: inbox.seedMember({ accountId, userId, role: 'viewer' }).id }
  }

  await verifyProvider<ApiState>({
    provider: 'inbox-manager-api',
    url: inbox.url,
    states: {
      'nothing but the parent account exists': empty,
      'nothing but the parent account exists (assumed)': empty,
      'an account and a user exist': populated,
      'an account and a user exist (assumed)': populated,
      'the user is a member of the account': joined,
      'the user is a member of the account (assumed)': joined,
      async 'the token is revoked (assumed)'() {
        const values = await empty()
        inbox.revokeTokens()
        return values
      },
      async 'the limit of requests is reached (assumed)'() {
        const values = await empty()
        inbox.limitRequests(0)
        return values
      },
    },
  })
})
