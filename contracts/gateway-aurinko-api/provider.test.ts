import { startAurinko } from '@countersign/sandbox'
import { test } from 'vitest'
import { verifyProvider } from '../support/verify-provider.ts'
import type { ApiState } from './states.ts'

test("the sandbox's API keeps the contract, by an account's token and by the application's credential", async () => {
  await using aurinko = await startAurinko()
  const basicOf = (secret: string) => Buffer.from(`${aurinko.clientId}:${secret}`).toString('base64')

  async function consented() {
    aurinko.reset()
    const { accessToken: token, accountId } = aurinko.seedServiceAccount()
    return { token, account: String(accountId), basic: basicOf(aurinko.clientSecret) }
  }
  async function withToken(status: 'dead' | 'invalid') {
    const values = await consented()
    aurinko.setTokenStatus(status)
    return values
  }

  await verifyProvider<ApiState>({
    provider: 'aurinko-api',
    url: aurinko.url,
    states: {
      'an administrator has consented': consented,
      async 'an event is in a calendar'() {
        const values = await consented()
        const accountId = Number(values.account)
        const { id: calendar } = aurinko.seedRecord({ accountId, kind: 'calendar' }, { name: 'Contract' })
        const start = { dateTime: '2026-01-07T09:00:00Z' }
        const where = { accountId, kind: 'event', container: calendar } as const
        const { id: event, etag } = aurinko.seedRecord(where, { subject: 'Review', start, end: start })
        return { ...values, calendar, event, etag }
      },
      'somebody can be written to': async () => ({
        ...(await consented()),
        recipient: 'lin@sandbox.example',
      }),
      'the token is dead': () => withToken('dead'),
      "the provider's refresh has failed": () => withToken('invalid'),
      'the application has another secret': async () => ({
        ...(await consented()),
        basic: basicOf('another secret'),
      }),
      async 'the limit of requests is reached (assumed)'() {
        const values = await consented()
        aurinko.limitRequests(0)
        return values
      },
    },
  })
})
