import { answersOk, fieldValues, rawAnswer, readResponses } from '@countersign/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { beginCase, type CaseCheck } from './support/global-checks.ts'
import { chunked, request } from './support/request.ts'
import { shareWorld } from './support/share-world.ts'
import { openStage, type Stage } from './support/stage.ts'

let stage: Stage
let check: CaseCheck
shareWorld(
  () => openStage(),
  (opened) => {
    stage = opened
  },
)
beforeEach(async () => {
  check = await beginCase(stage)
  stage.first.answerWith(answersOk())
})

describe('a permitted call', () => {
  it('carries the minted token and nothing of the caller’s, and the answer comes back as it was', async () => {
    stage.first.answerWith(
      rawAnswer(201, '{"id":1}', { 'Content-Type': 'application/json', ETag: '"x"', Location: '/things/1' }),
    )
    const { responses } = await stage.caller.send(request('GET /u1/things/1?full=yes', 'Accept: text/plain'))
    const [sent] = stage.first.requests
    expect(sent?.head.split('\r\n')[0]).toBe('GET /things/1?full=yes HTTP/1.1')
    expect(stage.tokens.issued.map((token) => `Bearer ${token}`)).toContain(
      fieldValues(sent?.headers ?? [], 'authorization')[0],
    )
    expect(fieldValues(sent?.headers ?? [], 'host')).toEqual([stage.first.authority])
    expect(responses[0]).toMatchObject({ status: 201, text: '{"id":1}' })
    expect(responses[0]?.header('etag')).toBe('"x"')
    await check({ responses, authorised: 1 })
  })

  it('is reached by the host of the upstream as well, with the path as it is', async () => {
    const bytes = request('GET /public/x').replace('Host: g', 'Host: u1.gateway.internal')
    const { responses } = await stage.caller.send(bytes)
    expect(responses[0]?.status).toBe(200)
    expect(stage.first.requests[0]?.target).toBe('/public/x')
    expect(stage.audit().at(-1)).toMatchObject({ path: '/public/x', host: 'u1.gateway.internal' })
    await check({ responses, authorised: 1 })
  })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('may have any method: %s', async (method) => {
    const { responses } = await stage.caller.send(
      `${request(`${method} /u1/things/1`, 'Content-Length: 2')}{}`,
    )
    expect(responses[0]?.status).toBe(200)
    expect(stage.first.requests[0]).toMatchObject({ method, body: Buffer.from('{}') })
    await check({ responses, authorised: 1 })
  })

  it('streams both ways: an answer begins while the request is still being sent', async () => {
    let received = 0
    stage.first.answerWith(() => rawAnswer(200, 'whole'))
    await using connection = await stage.caller.connect()
    await connection.write(stage.caller.fill(request('POST /u1/orders', 'Transfer-Encoding: chunked')))
    await connection.write('4\r\nfirs\r\n')
    await expect.poll(() => stage.first.bytes().toString()).toContain('firs')
    received = stage.first.requests.length
    expect(received, 'not complete yet').toBe(0)
    await connection.write('1\r\nt\r\n0\r\n\r\n')
    const { responses } = stage.caller.keep(await connection.read(['POST']))
    expect(stage.first.requests[0]?.body.toString()).toBe('first')
    await check({ responses, authorised: 1 })
  })

  it('streams an answer without a length: each piece arrives when it is sent', async () => {
    const { promise: go, resolve: release } = Promise.withResolvers<void>()
    stage.first.answerWith(async (_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata1\r\n')
      await go
      return '5\r\ndata2\r\n0\r\n\r\n'
    })
    await using connection = await stage.caller.connect()
    let seen = ''
    connection.socket.on('data', (chunk: Buffer) => {
      seen += chunk
    })
    await connection.write(stage.caller.fill(request('GET /u1/public/x')))
    // Where chunks end is the gateway's own affair: it may look twice at what could be the beginning of a secret.
    await expect.poll(() => seen).toMatch(/data(?:\r\n1\r\n)?1/)
    expect(readResponses(Buffer.from(seen), ['GET'], false).responses).toEqual([])
    release()
    const { responses } = stage.caller.keep(await connection.read(['GET']))
    expect(responses[0]?.text).toBe('data1data2')
    await check({ responses, authorised: 1 })
  })

  it('may be large, in both directions', async () => {
    const megabytes = 'x'.repeat(2 * 1024 * 1024)
    stage.first.answerWith(rawAnswer(200, megabytes))
    const { responses } = await stage.caller.send(
      request('POST /u1/orders', 'Transfer-Encoding: chunked') + chunked(megabytes),
    )
    expect(responses[0]?.body.length).toBe(megabytes.length)
    expect(stage.first.requests[0]?.body.length).toBe(megabytes.length)
    await check({ responses, authorised: 1 })
  })

  it('uses the connections there are: many calls, few connections, one token', async () => {
    const get = request('GET /u1/public/x')
    const before = stage.first.connections
    const mints = stage.tokens.count
    const responses = []
    for (let n = 0; n < 20; n++) responses.push(...(await stage.caller.send(get)).responses)
    expect(stage.first.connections - before).toBeLessThanOrEqual(1)
    expect(stage.tokens.count - mints).toBeLessThanOrEqual(1)
    await check({ responses, authorised: 20 })
  })
})

describe('what is written down', () => {
  it('a change is on record before it goes upstream, and closed with everything that is known', async () => {
    const opened: unknown[] = []
    stage.first.answerWith(() => {
      opened.push(stage.audit().at(-1)?.kind)
      return rawAnswer(200, 'fine')
    })
    const { responses } = await stage.caller.send(
      `${request('POST /u1/orders?secret=no', 'Content-Length: 2')}{}`,
    )
    expect(opened).toEqual(['open'])
    expect(stage.audit().at(-1)).toMatchObject({
      kind: 'close',
      request_id: responses[0]?.header('x-request-id'),
      method: 'POST',
      path: '/u1/orders',
      service: 'svc-a',
      issuer: 'cluster',
      subject: 'svc-a',
      upstream: 'u1',
      operation: 'orders.create',
      verdict: 'allow',
      rule: 'svc-a allow[0]',
      audience: 'https://api.u1.example',
      status: 200,
      bytes: 4,
      attempts: 1,
      token: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    await check({ responses, authorised: 1 })
  })

  it('metrics count it under the names of the configuration', async () => {
    const { responses } = await stage.caller.send(request('GET /u1/public/never-in-a-label'))
    const metrics = await stage.metrics()
    expect(metrics).toMatch(
      /^countersign_requests_total\{service="svc-a",outcome="answered",owner="",upstream="u1",operation="public.read"\} \d+$/m,
    )
    expect(metrics).toMatch(/^countersign_mints_total\{upstream="u1",result="ok"\} \d+$/m)
    expect(metrics).not.toContain('never-in-a-label')
    await check({ responses, authorised: 1 })
  })

  it('probes tell what is ready, and ask nobody', async () => {
    const mints = stage.tokens.count
    const ready = await fetch(`${stage.admin}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ ready: true, issuers: { cluster: 'ok' } })
    expect((await fetch(`${stage.admin}/livez`)).status).toBe(200)
    expect(stage.tokens.count).toBe(mints)
    await check({ responses: [], authorised: 0 })
  })
})
