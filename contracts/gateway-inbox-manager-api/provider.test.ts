import { startInboxManager } from '@countersign/sandbox'
import { expect, test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import { type ApiState, known } from './states.ts'

test("the sandbox's admin API keeps the contract, with tokens that it really minted", async () => {
  await using inbox = await startInboxManager()
  expect([inbox.applicationId, inbox.parentAccountId]).toEqual([known.application, known.parent])

  async function empty() {
    inbox.reset()
    return { token: await inbox.mintToken() }
  }
  async function populated() {
    const values = await empty()
    inbox.seedUser({ id: known.user })
    inbox.seedAccount({ id: known.account })
    return values
  }
  async function joined() {
    const values = await populated()
    inbox.seedMember({ id: known.member, accountId: known.account, userId: known.user, role: 'viewer' })
    return values
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
