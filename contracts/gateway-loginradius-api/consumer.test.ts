import { loginradius as typedCalls } from '@countersign/client'
import { afterAll } from 'vitest'
import { loginRadiusCalls, machineToken } from '../calls/loginradius.ts'
import { sentOn, shownToken, testCalls, testRefusals } from '../support/api-tests.ts'
import { startGatewayInFront } from '../support/gateway-in-front.ts'
import { fromState } from '../support/matchers.ts'
import { gatewayCredential, gatewayKeys, gatewaySecrets } from '../support/start-gateway.ts'
import type { ApiState } from './states.ts'

const gateway = await startGatewayInFront<ApiState>({
  provider: 'loginradius-api',
  preset: 'loginradius',
  upstreams({ url, tokenEndpoint: endpoint }) {
    const upstream = { preset: 'loginradius', url, token: { endpoint } }
    const [m2m, none] = [{ authorization: 'bearer' }, { authorization: 'none' }]
    return {
      loginradius: { ...upstream, credential: { ...gatewayCredential, ...gatewayKeys } },
      // A configuration that says of every credential that there is no key to it.
      keyless: {
        ...upstream,
        credential: gatewayCredential,
        schemes: { m2m, 'key-secret': none, 'client-secret': none },
      },
    }
  },
})
afterAll(gateway.close)
const loginRadius = typedCalls(gateway.client)
const keyless = typedCalls(gateway.client, { upstream: 'keyless' })

testCalls(gateway, loginRadius, loginRadiusCalls)

const listing = { method: 'GET', path: '/v2/manage/organizations' } as const
const apikey = fromState('{otherKey}', { otherKey: gatewaySecrets.CONTRACT_API_KEY })
const otherKey = { headers: { ...machineToken.headers, 'x-loginradius-apikey': apikey }, query: { apikey } }

testRefusals(gateway, [
  {
    given: 'an organization exists (assumed)',
    receives: 'organizations.get of one that does not exist',
    request: sentOn({ method: 'GET', path: '/v2/manage/organizations/org_nowhere' }, machineToken),
    response: { status: 404, body: { ErrorCode: 8118 } },
    call: () => loginRadius.organizations.get('org_nowhere'),
    reason: { name: 'UpstreamError', status: 404 },
  },
  {
    given: 'an organization exists (assumed)',
    receives: 'organizations.list without a key, which is 400 and not 401',
    request: sentOn(listing, shownToken),
    response: { status: 400, body: { ErrorCode: 922 } },
    call: () => keyless.organizations.list(),
    reason: { name: 'UpstreamError', status: 400 },
  },
  {
    given: 'the API key is not that of a tenant',
    receives: 'organizations.list with another key, which is 403 and not about the token',
    request: sentOn(listing, otherKey),
    response: { status: 403, body: { ErrorCode: 901 } },
    call: () => loginRadius.organizations.list(),
    reason: { name: 'UpstreamError', status: 403 },
  },
  {
    given: 'the token is revoked (assumed)',
    receives: 'organizations.list with a token that is not accepted',
    request: sentOn(listing, machineToken),
    response: { status: 401, body: { ErrorCode: 6002 } },
    call: () => loginRadius.organizations.list(),
    reason: { name: 'GatewayError', status: 502, code: 'mint.rejected-by-upstream' },
  },
  {
    given: 'the limit of requests is reached (assumed)',
    receives: 'organizations.list',
    request: sentOn(listing, machineToken),
    // It is not JSON, as every other answer is.
    response: { status: 429, headers: { 'content-type': 'text/plain' } },
    call: () => loginRadius.organizations.list(),
    reason: { name: 'UpstreamError', status: 429 },
  },
])
