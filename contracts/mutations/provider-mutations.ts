import type { GatewayState } from '../client-gateway/states.ts'
import type { ApiState } from '../gateway-faable-api/states.ts'
import type { TokenState } from '../gateway-faable-token/states.ts'
import type { Answer, Mutation } from '../support/mutating-proxy.ts'

const without =
  (...names: readonly string[]) =>
  ({ body }: Answer) => ({
    body: Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name))),
  })
const withField =
  (field: object) =>
  ({ body }: Answer) => ({ body: { ...body, ...field } })
const withHeader =
  (field: Answer['headers']) =>
  ({ headers }: Answer) => ({ headers: { ...headers, ...field } })

/** One field, header or status of the sandbox's management API. */
export const apiMutations: readonly Mutation<ApiState>[] = [
  {
    what: 'a user has no id',
    given: 'a user exists',
    call: 'GET /user/',
    change: without('id'),
    line: '✗ countersign-gateway and faable-api Given a user exists - users.get: BodyMismatch $: Actual map is missing the following keys: id',
  },
  {
    what: 'a list is under another name',
    given: 'a user exists',
    call: 'GET /user?',
    change: ({ body: { results, ...body } }) => ({ body: { ...body, users: results } }),
    line: '✗ countersign-gateway and faable-api Given a user exists - users.list by a query: BodyMismatch $: Actual map is missing the following keys: results',
  },
  {
    what: 'an error has another code',
    given: 'a user exists',
    call: 'POST /user ',
    change: withField({ error_code: 'conflict' }),
    line: "✗ countersign-gateway and faable-api Given a user exists - users.create with an email that is taken: 400, not 409: BodyMismatch $.error_code: Expected 'conflict' (String) to be equal to 'already_exists' (String)",
  },
  {
    what: 'what worked is a failure',
    given: 'a session is active',
    call: 'POST /session/',
    change: () => ({ status: 500 }),
    line: '✗ countersign-gateway and faable-api Given a session is active - sessions.revoke: StatusMismatch: Expected status code 500 to be a Successful response (200–299)',
  },
  {
    what: 'nobody says when to come back',
    given: 'the limit of requests is reached',
    call: 'GET /user ',
    change: withHeader({ 'retry-after': undefined }),
    line: "✗ countersign-gateway and faable-api Given the limit of requests is reached - users.list: HeaderMismatch retry-after: Expected a header 'retry-after' but was missing",
  },
]

/** One field or header of the sandbox's token endpoint. */
export const tokenMutations: readonly Mutation<TokenState>[] = [
  {
    what: 'an empty quota has another name',
    given: 'the plan pays for no more machine tokens',
    call: 'POST /oauth/token',
    change: withField({ error_code: 'payment_required' }),
    line: "✗ countersign-gateway and faable-token Given the plan pays for no more machine tokens - a request for a token: BodyMismatch $.error_code: Expected 'payment_required' (String) to be equal to 'm2m_quota_exceeded' (String)",
  },
  {
    what: 'when to come back is no number',
    given: 'the client has asked too often',
    call: 'POST /oauth/token',
    change: withHeader({ 'retry-after': 'soon' }),
    line: '✗ countersign-gateway and faable-token Given the client has asked too often - a request for a token: HeaderMismatch retry-after: ',
  },
]

/** One header or field of what the gateway answers itself. */
export const gatewayMutations: readonly Mutation<GatewayState>[] = [
  {
    what: 'a problem is plain JSON',
    given: 'marketing may only list accounts',
    call: 'DELETE /inbox-manager',
    change: withHeader({ 'content-type': 'application/json' }),
    line: '✗ countersign-client and countersign-gateway Given marketing may only list accounts - an operation that policy does not allow: HeaderMismatch Content-Type: ',
  },
  {
    what: 'a fault has another owner',
    given: 'the identity has expired',
    call: 'GET /',
    change: withField({ owner: 'operator' }),
    line: "✗ countersign-client and countersign-gateway Given the identity has expired - accounts.list: BodyMismatch $.owner: Expected 'operator' (String) to be equal to 'caller' (String)",
  },
  {
    what: 'the id of the request is not told',
    given: 'an upstream cannot be reached',
    call: 'GET /retired/',
    change: withHeader({ 'x-request-id': undefined }),
    line: "✗ countersign-client and countersign-gateway Given an upstream cannot be reached - a call of that upstream: HeaderMismatch x-request-id: Expected a header 'x-request-id' but was missing",
  },
  {
    what: 'a fault has another code',
    given: 'the keys of the issuer cannot be had',
    call: 'GET /',
    change: withField({ code: 'issuer.unavailable' }),
    line: "✗ countersign-client and countersign-gateway Given the keys of the issuer cannot be had - accounts.list: BodyMismatch $.code: Expected 'issuer.unavailable' (String) to be equal to 'identity.keys-unavailable' (String)",
  },
  {
    what: 'an answer to HEAD says nothing of the fault',
    given: 'marketing may only list accounts',
    call: 'HEAD /',
    change: withHeader({ 'proxy-status': undefined }),
    line: "✗ countersign-client and countersign-gateway Given marketing may only list accounts - an unknown path, asked for its header: HeaderMismatch proxy-status: Expected a header 'proxy-status' but was missing",
  },
]
