import type { RawResponse } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { shareWorld } from '../support/share-world.ts'
import { good, openExchangeStage, post, tokenRequest, type } from './exchange-stage.ts'

/** One way to ask for a token that must not be had, and the RFC's word for it. */
interface Refused {
  readonly name: string
  readonly error: string
  /** Laid over the good request; `undefined` leaves a parameter out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>
  /** Behind the good request: repeated. */
  readonly also?: readonly (readonly [string, string])[]
  readonly fields?: readonly string[]
  readonly status?: number
}

const assertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const parameters: readonly Refused[] = [
  ...['grant_type', 'subject_token', 'subject_token_type'].flatMap((name): Refused[] => [
    { name: `${name} missing`, parameters: { [name]: undefined }, error: 'invalid_request' },
    { name: `${name} empty`, parameters: { [name]: '' }, error: 'invalid_request' },
    { name: `${name} twice`, also: [[name, good[name] ?? '']], error: 'invalid_request' },
  ]),
  ...['scope', 'client_id', 'requested_token_type', 'unknown'].map(
    (name): Refused => ({
      name: `${name} twice`,
      also: [
        [name, 'a'],
        [name, 'a'],
      ],
      error: 'invalid_request',
    }),
  ),
  ...['client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:jwt-bearer'].map(
    (grant_type): Refused => ({
      name: grant_type,
      parameters: { grant_type },
      error: 'unsupported_grant_type',
    }),
  ),
  ...['id_token', 'refresh_token', 'saml1', 'saml2', 'txn_token', 'x'].map(
    (name): Refused => ({
      name: `subject_token_type ${name}`,
      parameters: { subject_token_type: type(name) },
      error: 'invalid_request',
    }),
  ),
  ...['jwt', 'id_token', 'refresh_token', 'saml2', 'x'].map(
    (name): Refused => ({
      name: `requested_token_type ${name}`,
      parameters: { requested_token_type: type(name) },
      error: 'invalid_request',
    }),
  ),
  { name: 'actor_token_type alone', parameters: { actor_token_type: type('jwt') }, error: 'invalid_request' },
  { name: 'actor_token alone', parameters: { actor_token: '$J' }, error: 'invalid_request' },
  {
    name: 'an actor',
    parameters: { actor_token: '$K', actor_token_type: type('jwt') },
    error: 'invalid_request',
  },
]

const targets: readonly Refused[] = [
  { name: 'no target', parameters: { audience: undefined }, error: 'invalid_target' },
  { name: 'an unknown audience', parameters: { audience: 'u9' }, error: 'invalid_target' },
  { name: 'an audience that no rule releases', parameters: { audience: 'u2' }, error: 'invalid_target' },
  { name: 'one granted and one not', also: [['audience', 'u2']], error: 'invalid_target' },
  { name: 'one granted and one unknown', also: [['resource', 'https://x.example']], error: 'invalid_target' },
  ...[
    '/u1',
    'u1',
    'https://gateway.internal/u1#x',
    'https://gateway.internal/u1?x=1',
    'https://g/u1',
    'http://[',
  ]
    .concat(['https://gateway.internal/u1/public', 'https://gateway.internal', 'HTTPS://gateway.internal/u1'])
    .map(
      (resource): Refused => ({
        name: `resource ${resource}`,
        parameters: { audience: undefined, resource },
        error: 'invalid_target',
      }),
    ),
  { name: 'a scope that no rule has', parameters: { scope: 'root' }, error: 'invalid_scope' },
  {
    name: 'a scope beside one that is granted',
    parameters: { scope: 'read:public admin' },
    error: 'invalid_scope',
  },
  {
    name: 'scopes of two rules at once',
    parameters: { scope: 'read:public things' },
    error: 'invalid_scope',
  },
  { name: 'the scope of a rule without release', parameters: { scope: 'admin' }, error: 'invalid_scope' },
  { name: 'a scope in other letters', parameters: { scope: 'READ:PUBLIC' }, error: 'invalid_scope' },
  { name: 'a malformed scope', parameters: { scope: 'read:public\twrite:orders' }, error: 'invalid_scope' },
  { name: 'a star', parameters: { scope: '*' }, error: 'invalid_scope' },
]

const clients: readonly Refused[] = [
  { name: 'a client_id of nobody', parameters: { client_id: 'svc-x' }, error: 'invalid_client', status: 401 },
  { name: 'a client_secret', parameters: { client_secret: 'x' }, error: 'invalid_client', status: 401 },
  { name: 'Basic', fields: ['Authorization: Basic c3ZjLWE6eA=='], error: 'invalid_client', status: 401 },
  { name: 'a bad bearer', fields: ['Authorization: Bearer a.b.c'], error: 'invalid_client', status: 401 },
  {
    name: 'a bad assertion',
    parameters: { client_assertion: 'a.b.c', client_assertion_type: assertion },
    error: 'invalid_client',
    status: 401,
  },
  {
    name: 'an assertion of another kind',
    parameters: { client_assertion: '$J', client_assertion_type: 'urn:x' },
    error: 'invalid_client',
    status: 401,
  },
  { name: 'client_assertion alone', parameters: { client_assertion: '$J' }, error: 'invalid_request' },
  {
    name: 'client_assertion_type alone',
    parameters: { client_assertion_type: assertion },
    error: 'invalid_request',
  },
  {
    name: 'somebody else’s assertion',
    parameters: { client_assertion: '$K', client_assertion_type: assertion },
    error: 'invalid_request',
  },
  { name: 'somebody else’s bearer', fields: ['Authorization: Bearer $K'], error: 'invalid_request' },
  {
    name: 'two bearers',
    fields: ['Authorization: Bearer $J', 'Authorization: Bearer $J'],
    error: 'invalid_request',
  },
  {
    name: 'an assertion and a bearer',
    parameters: { client_assertion: '$J', client_assertion_type: assertion },
    fields: ['Authorization: Bearer $J'],
    error: 'invalid_request',
  },
]

/** Claims laid over those of `svc-a`; asked for is a scope of its first rule. */
const subjects: readonly (readonly [name: string, claims: object, error: string])[] = [
  ['expired', { exp: 1 }, 'invalid_request'],
  ['of an issuer that nobody knows', { iss: 'https://foreign.example' }, 'invalid_request'],
  ['for another audience', { aud: 'https://elsewhere.example' }, 'invalid_request'],
  ['that is an ID token, whatever it is called', { nonce: 'x' }, 'invalid_request'],
  ['bound to a key', { cnf: { jkt: 'x' } }, 'invalid_request'],
  ['that somebody acts with', { act: { sub: 'svc-b' } }, 'invalid_request'],
  ['at the end of a chain 20 deep', { act: chain(20) }, 'invalid_request'],
  ['that somebody else may act with', { may_act: { sub: 'svc-b' } }, 'invalid_request'],
  [
    'that the same name of another issuer may act with',
    { may_act: { sub: 'svc-a', iss: 'x' } },
    'invalid_request',
  ],
  ['whose may_act is no object', { may_act: 'svc-a' }, 'invalid_request'],
  ['of a stranger', { sub: 'stranger' }, 'unauthorized_client'],
  ['of a service without any release', { sub: 'svc-b' }, 'unauthorized_client'],
  ['for which the rule’s condition does not hold', { team: 'blue' }, 'invalid_target'],
  ['of a service in shadow, whose rule releases nothing there', { sub: 'svc-shadow' }, 'invalid_target'],
]

const framed: readonly (readonly [name: string, bytes: string, status: number, error: string])[] = [
  ['a query', post('a=b').replace('/oauth2/token', '/oauth2/token?audience=u1'), 400, 'invalid_request'],
  ['an empty query', post('a=b').replace('/oauth2/token', '/oauth2/token?'), 400, 'invalid_request'],
  ['JSON', post('{}').replace('x-www-form-urlencoded', 'json'), 400, 'invalid_request'],
  ['a packed form', post('a=b', 'Content-Encoding: gzip'), 400, 'invalid_request'],
  ['no content type', post('a=b').replace('Content-Type', 'X-Type'), 400, 'invalid_request'],
  ['bytes that are not UTF-8', post('grant_type=%ff'), 400, 'invalid_request'],
  ['a lonely %', post('grant_type=%'), 400, 'invalid_request'],
  ['no body', post(''), 400, 'invalid_request'],
  ['64 KiB and more', post(`x=${'a'.repeat(70_000)}`), 413, 'invalid_request'],
  ['GET', 'GET /oauth2/token HTTP/1.1\r\nHost: g\r\n\r\n', 405, 'invalid_request'],
  ['PUT', post('a=b').replace('POST', 'PUT'), 405, 'invalid_request'],
  ['two hosts', post('a=b', 'Host: h'), 400, 'invalid_request'],
]

let stage: Awaited<ReturnType<typeof openExchangeStage>>
shareWorld(
  async () => {
    const opened = await openExchangeStage()
    // The good request that ends every case needs a token as well: it has it from here on.
    await opened.caller.send('GET /u2/public/x HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $K\r\n\r\n')
    return opened
  },
  (opened) => {
    stage = opened
  },
)

/** The RFC's error, nothing to store, no token, nobody asked for one. */
async function expectRefused(response: RawResponse, error: string, status = 400): Promise<void> {
  expect(response.text).not.toContain('access_token"')
  expect([response.status, JSON.parse(response.text).error]).toEqual([status, error])
  expect(response.header('content-type')).toBe('application/json')
  expect(response.header('cache-control')).toBe('no-store')
  if (status === 401) expect(response.header('www-authenticate')).toMatch(/^Bearer /)
  if (status === 405) expect(response.header('allow')).toBe('POST')
  expect(stage.tokens.count).toBe(0)
}

async function refuses(bytes: (fill: (text: string) => string) => string, error: string, status = 400) {
  const check = await beginCase(stage)
  stage.tokens.forget()
  const response = await stage.ask(bytes)
  await expectRefused(response, error, status)
  await check({ responses: [response], authorised: 0 })
}

describe.each([
  ['J103 parameters', parameters],
  ['J103 targets and scopes', targets],
  ['J103 clients', clients],
])('%s', (_title, rows) => {
  it.each(rows)('$name → $error', async ({ error, parameters: laid, also = [], fields = [], status }) => {
    const pairs = Object.entries({ ...good, ...laid }).filter(([, value]) => value !== undefined)
    const bytes = tokenRequest([...(pairs as [string, string][]), ...also], ...fields.map(stage.caller.fill))
    await refuses(bytes, error, status)
  })
})

describe('J103 a subject_token', () => {
  it.each(subjects)('%s', async (_name, claims, error) => {
    const subject_token = await stage.caller.token(claims as Record<string, unknown>)
    await refuses(tokenRequest({ ...good, subject_token, scope: 'read:public' }), error)
  })

  it.each(['eyJhbGciOiJub25lIn0.e30.', 'a.b.c', '.'.repeat(10_000), 'a', '{}'])(
    'that is none: %.20s',
    (subject_token) => refuses(tokenRequest({ ...good, subject_token }), 'invalid_request'),
  )

  it('may name its own subject in may_act', async () => {
    const subject_token = await stage.caller.token({ may_act: { sub: 'svc-a' } })
    expect((await stage.ask(tokenRequest({ ...good, subject_token }))).status).toBe(200)
  })

  it('that came of an exchange is nobody’s own: a chain 20 deep ends at its first link', async () => {
    let subject_token = JSON.parse((await stage.ask(tokenRequest(good))).text).access_token
    for (let link = 0; link < 20; link += 1) {
      await refuses(tokenRequest({ ...good, subject_token }), 'invalid_request')
      subject_token = stage.tokens.issued.at(-1) ?? subject_token
    }
  })
})

describe('J103 a request that is no form', () => {
  it.each(framed)('%s', async (_name, bytes, status, error) => {
    await refuses(() => bytes, error, status)
  })
})

it('J103 requests that do not end fill no memory: beyond 16 MiB the oldest go, and a good one gets through', async () => {
  const body = `x=${'a'.repeat(64 * 1024 - 2)}`
  const onRecord = () => stage.audit().filter(({ kind }) => kind === 'close').length
  const before = onRecord()
  const others = 300
  await using crowd = new AsyncDisposableStack()
  const open = async () => {
    const connection = crowd.use(await stage.caller.connect())
    await connection.write(post(body).slice(0, -1))
    return connection
  }
  const oldest = await open()
  await Promise.all(Array.from({ length: others }, open))
  const [response] = stage.caller.keep(await oldest.read(['POST'])).responses
  if (!response) throw new Error('no answer')
  await expectRefused(response, 'invalid_request', 408)
  expect(JSON.parse(response.text)).toMatchObject({ code: 'request.timeout', owner: 'caller' })
  expect((await stage.ask(tokenRequest(good))).status).toBe(200)
  await crowd.disposeAsync()
  await vi.waitFor(() => expect(onRecord()).toBe(before + 1 + others + 1), { timeout: 60_000 })
})

describe('the endpoint is exactly its path', () => {
  it.each([
    '/oauth2/token/',
    '/oauth2/Token',
    '//oauth2/token',
    '/oauth2%2ftoken',
    '/oauth2/token;x',
    '/oauth2',
  ])('%s is a call like any other, and there is no such upstream', async (path) => {
    const check = await beginCase(stage)
    const { responses } = await stage.caller.send(
      post('a=b', 'Authorization: Bearer $J').replace('/oauth2/token', path),
    )
    expect(responses[0]?.status).toBeOneOf([400, 404])
    expect(responses[0]?.header('content-type')).toBe('application/problem+json')
    await check({ responses, authorised: 0 })
  })

  it('on the host of an upstream it is the upstream’s path', async () => {
    const check = await beginCase(stage)
    const bytes = post('a=b', 'Authorization: Bearer $J').replace('Host: g', 'Host: u1.gateway.internal')
    const { responses } = await stage.caller.send(bytes)
    expect(responses[0]?.status).toBe(404)
    expect(responses[0]?.header('content-type')).toBe('application/problem+json')
    await check({ responses, authorised: 0 })
  })
})

function chain(depth: number): object {
  return depth === 0 ? { sub: 'first' } : { sub: `hop-${depth}`, act: chain(depth - 1) }
}
