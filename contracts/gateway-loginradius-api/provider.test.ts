import { randomUUID } from 'node:crypto'
import { startLoginRadius } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import type { ApiState } from './states.ts'

test("the sandbox's API keeps the contract, by each of its three credentials", async () => {
  await using loginRadius = await startLoginRadius()

  async function populated() {
    loginRadius.reset()
    const { clientId, clientSecret, apiKey, apiSecret } = loginRadius
    const { organizationId: organization, roleId: role, accountUid: account } = loginRadius
    const token = await loginRadius.mintToken()
    return { token, clientId, clientSecret, apiKey, apiSecret, organization, role, account }
  }
  async function invited() {
    return { ...(await populated()), invitation: loginRadius.seedInvitation().Id }
  }
  async function unverified() {
    return { ...(await populated()), domain: loginRadius.seedDomain().Id }
  }

  await verifyProvider<ApiState>({
    provider: 'loginradius-api',
    url: loginRadius.url,
    states: {
      'an organization exists': populated,
      'an organization exists (assumed)': populated,
      async 'somebody has a role in the organization'() {
        const values = await populated()
        loginRadius.seedAssignment()
        return values
      },
      'somebody is invited': invited,
      'somebody is invited (assumed)': invited,
      'a domain is not verified yet': unverified,
      'a domain is not verified yet (assumed)': unverified,
      'a connection exists (assumed)': async () => ({
        ...(await populated()),
        connection: loginRadius.seedConnection().Id,
      }),
      'the API key is not that of a tenant': async () => ({ ...(await populated()), otherKey: randomUUID() }),
      async 'the token is revoked (assumed)'() {
        const values = await populated()
        loginRadius.revokeTokens()
        return values
      },
      async 'the limit of requests is reached (assumed)'() {
        const values = await populated()
        loginRadius.limitRequests(0)
        return values
      },
    },
  })
})
