import { authAction as typedCalls } from '@countersign/client'
import { afterAll, expect } from 'vitest'
import { authActionCalls } from '../calls/authaction.ts'
import { sentOn, testCalls, testRefusals } from '../support/api-tests.ts'
import { startGatewayInFront } from '../support/gateway-in-front.ts'
import { gatewayCredential } from '../support/start-gateway.ts'
import type { ApiState } from './states.ts'

const gateway = await startGatewayInFront<ApiState>({
  provider: 'authaction-api',
  preset: 'authaction',
  upstreams: ({ url, tokenEndpoint: endpoint }) => ({
    authaction: { preset: 'authaction', url, token: { endpoint }, credential: gatewayCredential },
  }),
})
afterAll(gateway.close)
const authAction = typedCalls(gateway.client)

testCalls(gateway, authAction, authActionCalls)

const listing = sentOn({ method: 'GET', path: '/api/v1/users' })
const list = () => authAction.listUsers()
/** The preset's own words for a 401 that stands for a grant. */
const notGranted = {
  name: 'GatewayError',
  status: 502,
  code: 'mint.rejected-by-upstream',
  problem: { detail: expect.stringMatching(/not granted the Management API.*audience/) },
} as const

testRefusals(gateway, [
  {
    given: 'the application is not granted the Management API',
    receives: 'users.list',
    request: listing,
    response: { status: 401 },
    call: list,
    reason: notGranted,
  },
  {
    given: 'the token is for another audience',
    receives: 'users.list',
    request: listing,
    response: { status: 401 },
    call: list,
    reason: notGranted,
  },
  {
    given: 'a user exists (assumed)',
    receives: 'users.get of a user who does not exist',
    request: sentOn({ method: 'GET', path: '/api/v1/users/000000000000000000000000' }),
    response: { status: 404 },
    call: () => authAction.getUser('000000000000000000000000'),
    reason: { name: 'UpstreamError', status: 404 },
  },
  {
    given: 'the limit of requests is reached (assumed)',
    receives: 'users.list',
    request: listing,
    response: { status: 429 },
    call: list,
    reason: { name: 'UpstreamError', status: 429 },
  },
])
