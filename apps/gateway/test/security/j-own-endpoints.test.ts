// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { type RawResponse, sendRaw } from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { beginCase } from '../support/global-checks.ts'
import { bare, request } from '../support/request.ts'
import { openStage, type Stage } from '../support/stage.ts'

const evaluation = '/access/v1/evaluation'
const evaluations = '/access/v1/evaluations'
const adminUrl = 'https://gateway-admin.internal'

let stage: Stage
let publicPort: number
let adminPort: number
let operator: string

beforeAll(async () => {
  publicPort = await freePort()
  stage = await openStage({
    files: { 'store.key': Buffer.alloc(32, 1).toString('base64'), 'hook.secret': 'aurinko-signing' },
    adapt(usual, { first, second }) {
      Object.assign(usual.gateway, {
        admin_url: adminUrl,
        public: { listen: `127.0.0.1:${publicPort}`, url: `http://127.0.0.1:${publicPort}` },
        operators: [{ issuer: 'cluster', subject: 'platform' }],
        store: { file: './store.json', keys: { a: '${file:./store.key}' }, active: 'a' },
      })
      usual.upstreams.aurinko = {
        preset: 'aurinko',
        url: first.url,
        credential: { client_id: 'c', client_secret: '${file:./u1.secret}' },
        webhook: { secret: '${file:./hook.secret}', forward_to: second.url, audience: 'https://x.internal' },
      }
    },
  })
  adminPort = Number(new URL(stage.admin).port)
  operator = await stage.caller.token({ sub: 'platform' })
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** Sends filled text to one of the gateway's own listeners, with the checks that hold after every case. */
async function ask(port: number, text: string): Promise<RawResponse> {
  const check = await beginCase(stage)
  const { responses } = await stage.caller.send(text, { port })
  await check({ responses: [], authorised: 0 })
  const [response] = responses
  if (response === undefined) throw new Error(`no answer to ${text.slice(0, 60)}`)
  return response
}

function expectProblem(response: RawResponse, status: number | readonly number[]): void {
  expect([status].flat()).toContain(response.status)
  expect(response.header('content-type')).toBe('application/problem+json')
  expect(response.header('proxy-status')).toMatch(/^countersign;/)
  if (response.text !== '')
    expect(JSON.parse(response.text)).toMatchObject({
      status: response.status,
      request_id: response.header('x-request-id'),
    })
}

function post(path: string, body: string, ...fields: readonly string[]): string {
  const all = [
    `Authorization: Bearer ${operator}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...fields,
  ]
  return bare(`POST ${path}`, ...all) + body
}

const question = {
  subject: { type: 'service', id: 'svc-a' },
  action: { name: 'GET' },
  resource: { type: 'route', id: '/u1/public/x' },
}

const long = { type: 'route', id: `/u1/public/${'x'.repeat(17_000)}` }

describe('J101 the decision API', () => {
  it.each<[string, unknown, number, boolean?]>([
    ['yes', question, 200, true],
    ['no', { ...question, resource: { type: 'route', id: '/u1/admin' } }, 200, false],
    ['a path that no request can have', { ...question, resource: long }, 200, false],
    ['unknown members are ignored', { more: 1, ...question, context: { x: null } }, 200, true],
    ['no subject', { ...question, subject: undefined }, 400],
    ['subject.id null', { ...question, subject: { type: 'service', id: null } }, 400],
    ['no action.name', { ...question, action: {} }, 400],
    ['resource.type a number', { ...question, resource: { type: 1, id: '/' } }, 400],
    ['null', null, 400],
  ])('J101 %s', async (_name, body, status, decision) => {
    const response = await ask(adminPort, post(evaluation, JSON.stringify(body)))
    if (status !== 200) return expectProblem(response, status)
    expect([response.status, response.header('content-type'), JSON.parse(response.text).decision]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
      decision,
    ])
  })

  const spelt = JSON.stringify(question)
  it.each([
    ['duplicate members', spelt.replace('{', '{"action":{"name":"DELETE"},'), 400],
    ['a lone surrogate', spelt.replace('svc-a', '\\ud800'), 400],
    ['a depth of 10,000', '['.repeat(10_000) + ']'.repeat(10_000), 400],
    ['nothing', '', 400],
  ])('J101 a body of %s', async (_name, body, status) => {
    expectProblem(await ask(adminPort, post(evaluation, body)), status)
  })

  it('J101 a body of 10 MB is refused when it is announced', async () => {
    expectProblem(await ask(adminPort, post(evaluation, '').replace('Length: 0', 'Length: 10485760')), 413)
  })

  it('J101 another media type is 400, not 415', async () => {
    const text = post(evaluation, spelt).replace('application/json', 'text/plain')
    expectProblem(await ask(adminPort, text), 400)
  })

  it('J101 a batch of 10,000 is refused, one of a thousand is answered in order', async () => {
    const batch = (size: number) =>
      JSON.stringify({ ...question, evaluations: Array.from({ length: size }, () => ({})) })
    expectProblem(await ask(adminPort, post(evaluations, batch(10_000))), 413)
    const answer = JSON.parse((await ask(adminPort, post(evaluations, batch(1000)))).text)
    expect(answer.evaluations).toHaveLength(1000)
    expect(answer.evaluations.every(({ decision }: { decision: unknown }) => decision === true)).toBe(true)
  })

  it.each<[string, object]>([
    ['query', { context: { query: { q: Array.from({ length: 50_000 }, () => 'v') } } }],
    ['claims', { subject: { ...question.subject, properties: { claims: { c: 'x'.repeat(300_000) } } } }],
  ])('J101 a batch whose thousand questions inherit a large %s is refused', async (_name, change) => {
    const items = Array.from({ length: 1000 }, () => ({}))
    const body = JSON.stringify({ ...question, ...change, evaluations: items })
    expectProblem(await ask(adminPort, post(evaluations, body)), 413)
  })

  it.each([
    ['of 8 KB', 'x'.repeat(8192)],
    ['with bytes above ASCII', 'caf\xc3\xa9'],
    ['with a blank', 'a b'],
  ])('J101 an X-Request-ID %s does not come back', async (_name, id) => {
    const response = await ask(adminPort, post(evaluation, spelt, `X-Request-ID: ${id}`))
    expectProblem(response, 400)
    expect(response.head).not.toContain(id)
  })

  it('J101 an X-Request-ID comes back as it was; CR LF in it never gets that far', async () => {
    const response = await ask(adminPort, post(evaluation, spelt, 'X-Request-ID: a/b:"c";{d}=~'))
    expect(response.header('x-request-id')).toBe('a/b:"c";{d}=~')
    const split = await ask(adminPort, post(evaluation, spelt, 'X-Request-ID: a\rSet-Cookie: x'))
    expectProblem(split, 400)
    expect(split.header('set-cookie')).toBeUndefined()
  })

  it.each([
    ['nobody', 'X: y', 401],
    ['a caller who is no operator', 'Authorization: Bearer $J', 403],
  ])('J101 %s gets no decision', async (_name, field, status) => {
    const text = post(evaluation, spelt).replace(/Authorization: [^\r]*/, field)
    const response = await ask(adminPort, text)
    expectProblem(response, status)
    if (status === 401) expect(response.header('www-authenticate')).toMatch(/^Bearer /)
  })

  it('J101 the metadata names the decision point by its https address, never by the Host', async () => {
    const path = '/.well-known/authzen-configuration'
    const response = await ask(adminPort, bare(`GET ${path}`, `Authorization: Bearer ${operator}`))
    expect(JSON.parse(response.text)).toEqual({
      policy_decision_point: adminUrl,
      access_evaluation_endpoint: adminUrl + evaluation,
      access_evaluations_endpoint: adminUrl + evaluations,
    })
  })
})

describe('J102 the decision API and the proxy', () => {
  it('J102 say the same of ten thousand random requests', async () => {
    const check = await beginCase(stage)
    const asked = randomRequests(10_000)
    const chunks = Array.from({ length: 10 }, (_, at) => asked.slice(at * 1000, (at + 1) * 1000))
    let allowed = 0
    const responses: RawResponse[] = []
    for (const chunk of chunks) {
      const items = chunk.map(({ service, method, target }) => ({
        subject: { type: 'service', id: service },
        action: { name: method },
        resource: { type: 'route', id: target },
      }))
      const batch = post(evaluations, JSON.stringify({ evaluations: items }))
      const [answer] = (await stage.caller.send(batch, { port: adminPort })).responses
      const decided = (JSON.parse(answer?.text ?? '') as { evaluations: { decision: boolean }[] }).evaluations
      const went: boolean[] = []
      for (let at = 0; at < chunk.length; at += 50) {
        const part = chunk.slice(at, at + 50)
        const text = part.map(({ service, method, target }) =>
          request(`${method} ${target}`).replace('$J', service === 'svc-a' ? '$J' : '$K'),
        )
        const exchange = await stage.caller.send(text.join(''), { methods: part.map(({ method }) => method) })
        responses.push(...exchange.responses)
        went.push(...exchange.responses.map(({ status }) => status === 200))
      }
      expect(went).toEqual(decided.map(({ decision }) => decision))
      allowed += went.filter(Boolean).length
    }
    expect(allowed).toBeGreaterThan(1000)
    expect(allowed).toBeLessThan(9000)
    await check({ responses, authorised: allowed })
  })
})

interface Asked {
  readonly service: string
  readonly method: string
  readonly target: string
}

/** The same ones every time, about half of them allowed; nothing in them ends a connection. */
function randomRequests(count: number): Asked[] {
  let state = 102
  const pick = <Item>(items: readonly Item[]): Item => {
    state = (state * 48_271) % 0x7fffffff
    return items[state % items.length] as Item
  }
  const paths = [
    '/public/x',
    '/public/a%20b',
    '/orders',
    '/things/1',
    '/things/2',
    '/symbols/%E2%9C%93',
    '/things/',
    '/admin',
    '/admin/secret',
  ]
  const more = ['/x', '/v1/..foo', '/list/', '/list', '/Public/x', '/publicx', '/cold/1', '/cold/99', '/']
  const queries = ['', '', '?a=1', '?path=/admin', '??']
  return Array.from({ length: count }, () => ({
    service: pick(['svc-a', 'svc-a', 'svc-b']),
    method: pick(['GET', 'GET', 'GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT']),
    target: `/${pick(['u1', 'u1', 'u1', 'u1', 'u2', 'nobody'])}${pick([...paths, ...more])}${pick(queries)}`,
  }))
}

describe('J105 the own endpoints', () => {
  const user = 'User-Agent: kube-probe/1.30'
  it.each([
    ['/livez/../access/v1/evaluation', 400],
    ['/livez;/', 400],
    ['/livez%2f..%2fconnect/aurinko', 400],
    ['//livez', 400],
    ['/livez/', 404],
    ['/LIVEZ', 404],
    ['/healthz', 404],
    ['/connect/aurinko', 401],
    ['/.well-known/authzen-configuration', 401],
    ['/connect/%ff', 400],
    ['/%zz', 400],
  ])('J105 admin: GET %s', async (target, status) => {
    expectProblem(await ask(adminPort, bare(`GET ${target}`, user)), status)
  })

  it('J105 admin: probes and metrics are open', async () => {
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await ask(adminPort, bare(`GET ${path}`))).status).toBe(200)
  })

  it.each(['/metrics', '/livez', '/readyz', '/access/v1/evaluation', '/connect/aurinko'])(
    'J105 data: GET %s is an upstream nobody has, probe or not',
    async (target) => {
      for (const [text, status] of [
        [bare(`GET ${target}`, user), 401],
        [request(`GET ${target}`, user), 404],
      ] as const) {
        const check = await beginCase(stage)
        const { responses } = await stage.caller.send(text)
        expect(responses.map((response) => response.status)).toEqual([status])
        await check({ responses, authorised: 0 })
      }
    },
  )

  it('J105 callers and paths make no labels of their own', async () => {
    const series = async () => (await stage.metrics()).split('\n').filter((line) => line[0] !== '#').length
    const get = (n: number) => stage.caller.send(request(`GET /nobody-${n}/x`, `User-Agent: u${n}`))
    await get(0)
    const before = await series()
    for (let n = 1; n < 50; n++) await get(n)
    expect((await series()) - before).toBeLessThan(10)
  })
})

describe('J105 the public listener', () => {
  const connections = 'Connection: close'
  it.each([
    ['GET /connect/%ff/start', 400],
    ['POST /hooks/%ff', 400],
    ['GET http://evil.test/connect/aurinko/start', 400],
    ['GET http:', 400],
    ['CONNECT evil.test:443', 501],
    ['OPTIONS *', 400],
    ['GET /connect/aurinko/../aurinko/start', 400],
    ['GET //connect/aurinko/start', 400],
    ['GET /connect/aurinko/start#x', 400],
    ['HEAD /connect/aurinko/start', 405],
    ['HEAD /connect/aurinko/callback', 405],
    ['TRACE /', 404],
    ['GET /metrics', 404],
    ['GET /u1/public/x', 404],
    ['GET /access/v1/evaluation', 404],
    ['POST /hooks/__proto__', 404],
    ['POST /hooks/u1', 404],
  ])('J105 %s is answered as a problem', async (line, status) => {
    expectProblem(await ask(publicPort, bare(line, connections)), status)
  })

  it.each([
    ['an upgrade', 'Connection: upgrade\r\nUpgrade: websocket', 501],
    ['another Expect', 'Expect: x', 417],
    ['two hosts', 'Host: x', 400],
    ['both framings', 'Content-Length: 1\r\nTransfer-Encoding: chunked', 400],
    ['a header section of 20 KB', `X: ${'y'.repeat(20_000)}`, 431],
  ])('J105 %s is answered as a problem', async (_name, fields, status) => {
    expectProblem(await ask(publicPort, bare('POST /hooks/aurinko', fields)), status)
  })

  it('J105 what is no HTTP is answered as a problem, on every listener', async () => {
    for (const port of [adminPort, publicPort]) {
      const { responses } = await sendRaw({ port }, 'garbage\r\n\r\n', ['GET'])
      expectProblem(responses[0] as RawResponse, 400)
    }
  })
})
