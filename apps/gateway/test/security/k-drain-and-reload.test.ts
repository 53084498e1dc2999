import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectRaw, fieldValues, rawAnswer, startRecorder } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { startGateway } from '../support/gateway-process.ts'
import { startLoad } from '../support/keep-alive-load.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** Answers after 0 to 40 ms, so that calls are at every step when something happens. */
function answersInAWhile(stage: Stage): void {
  let count = 0
  stage.first.answerWith(async () => {
    count += 1
    await sleep((count * 7) % 40)
    return rawAnswer(200, 'fine')
  })
}

const idsOf = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id).sort()

describe.concurrent('under load over connections that are kept', () => {
  it('K107 SIGTERM: whatever was sent upstream is answered, on record, and the exit code is 0', async () => {
    await using stage = await openStage()
    answersInAWhile(stage)
    const load = startLoad(stage.port, stage.caller)
    await vi.waitFor(() => expect(load.answered).toBeGreaterThan(200))
    expect(await stage.gateway.stop()).toBe(0)
    const calls = await load.stop()

    const answered = calls.filter(({ status }) => status !== undefined)
    expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([200]))
    expect(calls.filter(({ hasBegun }) => hasBegun)).toEqual([])
    const sent = stage.first.requests.map(({ headers }) => ({
      id: fieldValues(headers, 'x-request-id')[0] ?? '',
    }))
    expect(idsOf(sent)).toEqual(idsOf(answered))
    const closed = stage.audit().filter(({ kind }) => kind === 'close')
    expect(idsOf(closed.map(({ request_id: id }) => ({ id })))).toEqual(idsOf(answered))
    const refusals = new Set(calls.flatMap(({ error }) => error ?? []))
    expect([...refusals].filter((code) => !['ECONNREFUSED', 'ECONNRESET'].includes(code))).toEqual([])
  }, 60_000)

  it('K107 SIGHUP and changed configurations: no call fails', async () => {
    await using stage = await openStage()
    answersInAWhile(stage)
    const load = startLoad(stage.port, stage.caller)
    const applied = async () =>
      Number(/config_reloads_total\{result="applied"\} (\d+)/.exec(await stage.metrics())?.[1] ?? 0)
    for (let change = 1; change <= 10; change += 1) {
      const changed = structuredClone(stage.configuration)
      Object.assign(changed.services, {
        [`new-${change}`]: { identities: [{ issuer: 'cluster', subject: `new-${change}` }], allow: [] },
      })
      const before = load.answered
      stage.write('countersign.yaml', JSON.stringify(changed))
      process.kill(stage.gateway.pid, 'SIGHUP')
      await vi.waitFor(async () => {
        expect(await applied()).toBe(change)
        expect(load.answered).toBeGreaterThan(before + 20)
      })
    }
    const calls = await load.stop()
    expect(calls.filter(({ status }) => status !== 200)).toEqual([])
    expect(stage.audit().filter(({ kind }) => kind === 'close')).toHaveLength(calls.length)
  }, 90_000)
})

it('K107 a token endpoint and its secret are changed in the middle of a call: the one before never sees the new secret', async () => {
  await using stage = await openStage()
  const asked = Promise.withResolvers<void>()
  const changed = Promise.withResolvers<void>()
  let calls = 0
  stage.first.answerWith(async () => {
    calls += 1
    if (calls > 1) return rawAnswer(200, 'fine')
    asked.resolve()
    await changed.promise
    return rawAnswer(401, '')
  })
  const call = stage.caller.send(
    'GET /u1/public/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $J\r\n\r\n',
  )
  await asked.promise
  const moved = structuredClone(stage.configuration)
  Object.assign((moved.upstreams.u1 as { token: object }).token, { endpoint: 'https://next.example/token' })
  stage.write('countersign.yaml', JSON.stringify(moved))
  stage.write('u1.secret', 'secret-of-the-next')
  await stage.gateway.line(/a changed configuration is in force/)
  changed.resolve()
  expect((await call).responses.map(({ status }) => status)).toEqual([200])
  const shown = stage.tokens.requests.map(({ headers }) => new Headers([...headers] as [string, string][]))
  const before = `Basic ${btoa('gateway-at-u1:client-secret-of-u1')}`
  expect(shown.map((fields) => fields.get('authorization'))).toEqual([before, before])
})

it('K107 an issuer that moves while its keys are looked for: whoever it was before sees no token for the next', async () => {
  await using before = await startRecorder()
  const document = Promise.withResolvers<string>()
  before.answerWith(() => document.promise)
  await using stage = await openStage({
    files: { 'old.token': 'token-for-the-old', 'new.token': 'token-for-the-next' },
    adapt({ issuers }) {
      issuers.moving = { kind: 'kubernetes', issuer: before.url, token_file: './old.token' }
    },
  })
  await before.received(1)
  const moved = structuredClone(stage.configuration)
  Object.assign(moved.issuers.moving as object, {
    issuer: 'https://next.example',
    jwks: `${stage.second.url}/keys`,
    token_file: './new.token',
  })
  stage.write('countersign.yaml', JSON.stringify(moved))
  await stage.gateway.line(/a changed configuration is in force/)
  before.answerWith(rawAnswer(200, '{"keys":[]}'))
  document.resolve(rawAnswer(200, JSON.stringify({ issuer: before.url, jwks_uri: `${before.url}/keys` })))
  const asked = await before.received(2)
  const shown = asked.map(({ headers }) => fieldValues(headers, 'authorization'))
  expect(shown).toEqual([['Bearer token-for-the-old'], ['Bearer token-for-the-old']])
})

it('K107 what is withdrawn while a body arrives is withdrawn: by that body nothing is called, and no token is released', async () => {
  await using stage = await openStage({
    adapt({ services }) {
      const rule = { upstream: 'u1', operations: ['orders.create'] }
      Object.assign(services['svc-a'] as object, {
        allow: [
          { ...rule, when: 'request.body.role == "viewer"' },
          { upstream: 'u1', operations: ['public.read'], release: 'token' },
        ],
      })
    },
  })
  const fields = (type: string, length: number) =>
    `Content-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`
  const body = '{"role":"viewer"}'
  const form = stage.caller.fill(
    'grant_type=urn:ietf:params:oauth:grant-type:token-exchange&audience=u1&subject_token=$J&subject_token_type=urn:ietf:params:oauth:token-type:jwt',
  )
  const [call, exchange] = [await stage.caller.connect(), await stage.caller.connect()] as const
  const auth = stage.caller.fill('Host: g\r\nAuthorization: Bearer $J\r\n')
  const begun = Date.now()
  await call.write(`POST /u1/orders HTTP/1.1\r\n${auth}${fields('application/json', body.length)}{`)
  await exchange.write(
    `POST /oauth2/token HTTP/1.1\r\nHost: g\r\n${fields('application/x-www-form-urlencoded', form.length)}g`,
  )
  await stage.caller.send('GET /u1/public/x HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $J\r\n\r\n')
  const withdrawn = structuredClone(stage.configuration)
  Object.assign(withdrawn.services['svc-a'] as object, { allow: [] })
  stage.write('countersign.yaml', JSON.stringify(withdrawn))
  await stage.gateway.line(/a changed configuration is in force/)
  // A body that arrives within a second is not refused for a reload.
  await vi.waitFor(() => expect(Date.now() - begun).toBeGreaterThan(2_000), { timeout: 60_000 })

  await call.write(body.slice(1))
  await exchange.write(form.slice(1))
  const [refused, denied] = [await call.read(['POST']), await exchange.read(['POST'])]
  expect(refused.responses.map(({ status }) => status)).toEqual([408])
  expect(
    denied.responses.map(({ status, body: said }) => [status, JSON.parse(said.toString()).error]),
  ).toEqual([[400, 'unauthorized_client']])
  expect(stage.first.requests.map(({ target }) => target)).toEqual(['/public/x'])
})

it('K107 signals that come as soon as it says that it listens are heard, and do not kill it', async () => {
  await using stage = await openStage()
  for (let start = 0; start < 4; start += 1) {
    const { gateway } = await startGateway(stage.folder)
    process.kill(gateway.pid, 'SIGHUP')
    expect(await gateway.stop()).toBe(0)
  }
})

it('K107 signals that come while it starts: SIGHUP does not end it, SIGTERM ends it with 0 once it has started', async () => {
  await using stage = await openStage()
  // Sent by the process to itself when it first looks at its configuration: that is before anything else of it.
  stage.write(
    'signal-early.mjs',
    `import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { statSync } = fs
    let isSent = false
    fs.statSync = (path, ...rest) => {
      if (!isSent && String(path) === process.env.EARLY_AT) {
        isSent = true
        process.kill(process.pid, process.env.EARLY_SIGNAL)
      }
      return statSync(path, ...rest)
    }
    syncBuiltinESMExports()`,
  )
  const early = (signal: string) => ({
    NODE_OPTIONS: `--import ${join(stage.folder, 'signal-early.mjs')}`,
    ...{ EARLY_AT: stage.folder, EARLY_SIGNAL: signal },
  })
  const { gateway } = await startGateway(stage.folder, early('SIGHUP'))
  expect(await gateway.stop()).toBe(0)
  const { gateway: ended } = await startGateway(stage.folder, early('SIGTERM'))
  expect(await ended.exited).toBe(0)
  expect(ended.stderr()).toMatch(/draining[\s\S]*stopped/)
})

it('K107 SIGTERM twice, as a supervisor and npm pass it on both: the call in flight is answered and on record', async () => {
  await using stage = await openStage()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  stage.first.answerWith(async () => {
    asked.resolve()
    await answer.promise
    return rawAnswer(200, 'fine')
  })
  const call = stage.caller.send(
    'GET /u1/public/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $J\r\n\r\n',
  )
  await asked.promise
  const stopped = stage.gateway.stop()
  await stage.gateway.line(/draining/)
  process.kill(stage.gateway.pid, 'SIGTERM')
  process.kill(stage.gateway.pid, 'SIGINT')
  answer.resolve()
  expect((await call).responses.map(({ status }) => status)).toEqual([200])
  expect(await stopped).toBe(0)
  expect(stage.audit().filter(({ kind }) => kind === 'close')).toHaveLength(1)
})

it('K107 SIGTERM: pages of the gateway’s own that are asked for meanwhile say Connection: close, at each listener', async () => {
  const open = await freePort()
  await using stage = await openStage({
    adapt({ gateway }) {
      const outside = { listen: `127.0.0.1:${open}`, url: `http://127.0.0.1:${open}` }
      Object.assign(gateway, { public: outside, timeouts: { head: '60s' } })
    },
  })
  const admin = Number(new URL(stage.admin).port)
  const pages: readonly (readonly [port: number, target: string, status: number])[] = [
    [stage.port, 'GET /.well-known/oauth-protected-resource', 200],
    [admin, 'GET /livez', 200],
    [admin, 'GET /metrics', 200],
    [admin, 'POST /access/v1/evaluation', 401],
    [open, 'GET /.well-known/jwks.json', 200],
  ]
  // One request, and the beginning of another: what has begun keeps its connection open beyond the signal.
  const asking = await Promise.all(
    pages.map(async ([port, target]) => {
      const near = await connectRaw({ port })
      const [method = ''] = target.split(' ')
      await near.write(`${target} HTTP/1.1\r\nHost: localhost\r\n\r\n${target} HTTP/1.1\r\n`)
      const { responses } = await near.read([method])
      return { near, methods: [method, method], before: responses[0]?.header('connection') }
    }),
  )
  expect(asking.map(({ before }) => before)).toEqual(pages.map(() => 'keep-alive'))

  const stopped = stage.gateway.stop()
  await vi.waitFor(() => expect(stage.gateway.stderr()).toContain('draining'))
  await Promise.all(asking.map(({ near }) => near.write('Host: localhost\r\n\r\n')))
  const answers = await Promise.all(asking.map(({ near, methods }) => near.read(methods)))
  expect(
    answers.map(({ responses: [, last] }) => [last?.status, last?.header('connection')?.toLowerCase()]),
  ).toEqual(pages.map(([, , status]) => [status, 'close']))
  expect(await stopped).toBe(0)
}, 60_000)
