import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aurinko as typedCalls } from '@countersign/client'
import { afterAll } from 'vitest'
import { accountToken, application, aurinkoCalls } from '../calls/aurinko.ts'
import { sentOn, testCalls, testRefusals } from '../support/api-tests.ts'
import { startGatewayInFront } from '../support/gateway-in-front.ts'
import { keepConsents } from '../support/keep-consents.ts'
import { gatewayCredential, gatewayStoreKey } from '../support/start-gateway.ts'
import type { ApiState } from './states.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-store-'))
const file = join(folder, 'accounts.json')
/** A consent that turns out to be dead is dead for good: it has an upstream of its own. */
const upstreams = ['aurinko', 'buried'] as const

const gateway = await startGatewayInFront<ApiState>({
  provider: 'aurinko-api',
  preset: 'aurinko',
  gateway: {
    public: { listen: '127.0.0.1:0', url: 'http://127.0.0.1:8443' },
    operators: [{ issuer: 'internal', subject: 'operator' }],
    store: { file, keys: { first: gatewayStoreKey }, active: 'first' },
  },
  async upstreams({ url }) {
    await keepConsents(file, upstreams, url)
    return Object.fromEntries(
      upstreams.map((name) => [name, { preset: 'aurinko', url, credential: gatewayCredential }]),
    )
  },
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true })
})
const aurinko = typedCalls(gateway.client)
const buried = typedCalls(gateway.client, { upstream: 'buried' })

testCalls(gateway, aurinko, aurinkoCalls)

const account = sentOn({ method: 'GET', path: '/v1/account' }, accountToken)
const refused = (code: string) => ({ name: 'GatewayError', status: 502, code }) as const

testRefusals(gateway, [
  {
    given: 'the token is dead',
    receives: 'account.get with a token that will never work again',
    request: account,
    response: { status: 401, body: { code: 'token.dead' } },
    call: () => buried.account.get(),
    reason: refused('mint.refused'),
  },
  {
    given: "the provider's refresh has failed",
    receives: 'account.get with a token that may heal',
    request: account,
    response: { status: 401, body: { code: 'token.refresh.failed' } },
    call: () => aurinko.account.get(),
    reason: refused('mint.rejected-by-upstream'),
  },
  {
    given: 'the application has another secret',
    receives: 'service-accounts.list with a secret that is not good',
    request: sentOn({ method: 'GET', path: '/v1/am/svc_accounts' }, application),
    response: { status: 401 },
    call: () => aurinko.serviceAccounts.list(),
    reason: refused('upstream.credential-refused'),
  },
  {
    given: 'an administrator has consented',
    receives: 'calendars.get of one that does not exist, whose code is not of the status',
    request: sentOn({ method: 'GET', path: '/v1/calendars/nowhere' }, accountToken),
    response: { status: 404, body: { code: 'badRequest' } },
    call: () => aurinko.calendars.get('nowhere'),
    reason: { name: 'UpstreamError', status: 404 },
  },
  {
    given: 'the limit of requests is reached (assumed)',
    receives: 'account.get',
    request: account,
    response: { status: 429 },
    call: () => aurinko.account.get(),
    reason: { name: 'UpstreamError', status: 429 },
  },
])
