import { inboxManager } from '@countersign/client'
import { afterAll } from 'vitest'
import { inboxManagerCalls } from '../calls/inbox-manager.ts'
import { sentOn, testCalls, testRefusals } from '../support/api-tests.ts'
import { startGatewayInFront } from '../support/gateway-in-front.ts'
import { fromState, wholly } from '../support/matchers.ts'
import { gatewayCredential } from '../support/start-gateway.ts'
import { type ApiState, known } from './states.ts'

const gateway = await startGatewayInFront<ApiState>({
  provider: 'inbox-manager-api',
  preset: 'inbox-manager',
  upstreams: ({ url, tokenEndpoint: endpoint }) => ({
    'inbox-manager': { preset: 'inbox-manager', url, token: { endpoint }, credential: gatewayCredential },
  }),
})
afterAll(gateway.close)
const inbox = inboxManager(gateway.client)

testCalls(gateway, inbox, inboxManagerCalls)

const { account, application, user } = known
testRefusals(gateway, [
  {
    given: 'nothing but the parent account exists (assumed)',
    receives: 'accounts.get of an account that does not exist',
    request: sentOn({ method: 'GET', path: '/api/accounts/acc_unknown' }),
    response: { status: 404 },
    call: () => inbox.getAccount('acc_unknown'),
    reason: { name: 'UpstreamError', status: 404 },
  },
  {
    given: 'the user is a member of the account (assumed)',
    receives: 'members.add of somebody who is a member already',
    request: sentOn({
      method: 'POST',
      path: fromState('/api/accounts/{account}/members', known),
      body: { user_id: fromState('{user}', known), role: 'viewer' },
    }),
    response: { status: 409 },
    call: () => inbox.addAccountMember(account, user, 'viewer'),
    reason: { name: 'UpstreamError', status: 409 },
  },
  {
    given: 'the limit of requests is reached (assumed)',
    receives: 'accounts.list',
    request: sentOn({ method: 'GET', path: '/api/accounts' }),
    response: { status: 429, headers: { 'retry-after': wholly(/\d+/, '1') } },
    call: () => inbox.listAccounts(),
    reason: { name: 'UpstreamError', status: 429 },
  },
  {
    given: 'the token is revoked (assumed)',
    receives: 'users.create with a token that is not accepted',
    request: sentOn({
      method: 'POST',
      path: fromState('/api/applications/{application}/users', known),
      body: { status: 'active' },
    }),
    response: { status: 401 },
    call: () => inbox.createApplicationUser(application, { status: 'active' }),
    reason: { name: 'GatewayError', status: 502, code: 'mint.rejected-by-upstream' },
  },
])
