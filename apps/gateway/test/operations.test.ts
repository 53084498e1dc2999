import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectRaw, fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { countersign } from './support/gateway-process.ts'
import { beginCase } from './support/global-checks.ts'
import { request } from './support/request.ts'
import { auditLines, openStage, type Stage } from './support/stage.ts'

const get = request('GET /u1/public/x')
const inForce = /a changed configuration is in force/

/** Lines of the log that match, so far. */
function logged(stage: Stage, pattern: RegExp): number {
  return stage.gateway
    .stderr()
    .split('\n')
    .filter((line) => pattern.test(line)).length
}

/** Resolves when a line has been logged once more than `before` times. */
async function loggedAgain(stage: Stage, pattern: RegExp, before: number): Promise<void> {
  // Not expect.poll: these tests run side by side.
  await vi.waitFor(() => expect(logged(stage, pattern)).toBeGreaterThan(before), { interval: 20 })
}

it('operators whose tokens would cross the network in clear are warned of at the start', async () => {
  await using stage = await openStage({
    adapt({ gateway }) {
      Object.assign(gateway, { admin: '0.0.0.0:0', operators: [{ issuer: 'cluster', subject: 'platform' }] })
    },
  })
  const ready = /"msg":"listening"/
  await using exposed = await countersign(['serve', stage.folder], { ready })
  expect(exposed.stderr()).toMatch(
    /"level":40.*countersign\.yaml.*admin_url: https.*gateway\.admin is plain HTTP/,
  )
  expect(stage.gateway.stderr(), 'on loopback by the command line').not.toContain('gateway.admin is plain')
})

describe.concurrent('a changed configuration', () => {
  it('K107 good: takes its place under load, and no call is lost; bad: the last good one stays', async () => {
    await using stage = await openStage()
    const check = await beginCase(stage)
    const load = startLoad(stage)

    const changed = structuredClone(stage.configuration)
    Object.assign(changed.services, {
      'svc-a': { identities: [{ issuer: 'cluster', subject: 'svc-a' }], allow: [] },
    })
    stage.write('countersign.yaml', JSON.stringify(changed))
    await loggedAgain(stage, inForce, 0)
    const refusedNow = await stage.caller.send(get)
    expect(refusedNow.responses[0]?.status).toBe(403)

    stage.write('countersign.yaml', `${JSON.stringify(stage.configuration, null, 2)}\nnonsense: [`)
    await loggedAgain(stage, /has faults; the last good one stays/, 0)
    const stillRefused = await stage.caller.send(get)
    expect(stillRefused.responses[0]?.status).toBe(403)

    const { gateway } = stage.configuration
    const mistaken = { ...stage.configuration, gateway: { ...gateway, mode: { shadow: true } } }
    stage.write('countersign.yaml', JSON.stringify(mistaken))
    await loggedAgain(stage, /has faults; the last good one stays/, 1)

    stage.write('countersign.yaml', JSON.stringify(stage.configuration))
    await loggedAgain(stage, inForce, 1)
    const allowedAgain = await stage.caller.send(get)
    expect(allowedAgain.responses[0]?.status).toBe(200)

    const loaded = await load.stop()
    expect(new Set(loaded.map(({ status }) => status))).toEqual(new Set([200, 403]))
    const metrics = await stage.metrics()
    expect(metrics).toContain('countersign_config_reloads_total{result="applied"} 2')
    expect(metrics).toContain('countersign_config_reloads_total{result="refused"} 2')
    const responses = [refusedNow, stillRefused, allowedAgain].flatMap((exchange) => exchange.responses)
    await check({ responses: [...loaded, ...responses], authorised: loaded.length + 1 })
  })

  it('what it removes is in no gauge any more: no alert goes on about it', async () => {
    await using stage = await openStage({
      adapt(usual) {
        usual.issuers.gone = { kind: 'jwt', issuer: 'https://gone.internal', jwks: 'http://127.0.0.1:1/keys' }
      },
    })
    const failing = 'countersign_issuer_usable{issuer="gone"} 0'
    await vi.waitFor(async () => expect(await stage.metrics()).toContain(failing))

    const changed = structuredClone(stage.configuration)
    delete changed.issuers.gone
    stage.write('countersign.yaml', JSON.stringify(changed))
    await loggedAgain(stage, inForce, 0)
    const metrics = await stage.metrics()
    expect(metrics).toContain('countersign_issuer_usable{issuer="cluster"}')
    expect(metrics).not.toContain('issuer="gone"')
  })

  it('I95 a secret that was replaced: it is asked with once, and from then on no older token is used', async () => {
    await using stage = await openStage()
    await stage.caller.send(get)
    stage.write('u1.secret.new', 'rotated-secret-of-u1')
    renameSync(join(stage.folder, 'u1.secret.new'), join(stage.folder, 'u1.secret'))
    await loggedAgain(stage, inForce, 0)
    // Served with the token that is there, while the new secret is tried.
    await stage.caller.send(get)
    const adopted = 'countersign_credential_changes_total{upstream="u1",result="adopted"} 1'
    await vi.waitFor(async () => expect(await stage.metrics()).toContain(adopted))
    const exchange = await stage.caller.send(get)
    expect(exchange.responses[0]?.status).toBe(200)
    const asked = stage.tokens.requests.map(({ headers }) => fieldValues(headers, 'authorization')[0] ?? '')
    expect(asked.map((basic) => Buffer.from(basic.slice(6), 'base64').toString())).toEqual([
      'gateway-at-u1:client-secret-of-u1',
      'gateway-at-u1:rotated-secret-of-u1',
    ])
    const shown = stage.first.requests.map(({ headers }) => fieldValues(headers, 'authorization')[0])
    expect(shown.slice(0, 2)).toEqual([
      `Bearer ${stage.tokens.issued[0]}`,
      `Bearer ${stage.tokens.issued[0]}`,
    ])
    expect(shown[2]).toBe(`Bearer ${stage.tokens.issued[1]}`)
  })
})

describe.concurrent('SIGTERM', () => {
  it('K107 with slow calls in flight: they finish, are on record, and the exit code is 0', async () => {
    await using stage = await openStage({
      adapt: ({ gateway }) => void Reflect.deleteProperty(gateway, 'audit'),
    })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    stage.first.answerWith(async () => {
      await released
      return rawAnswer(200, 'finished')
    })
    const idle = await stage.caller.connect()
    const calls = Array.from({ length: 20 }, () => stage.caller.send(get))
    await stage.first.received(20)
    const exited = stage.gateway.stop()
    await stage.gateway.line(/draining/)
    // The line comes just before the listener goes.
    await vi.waitFor(async () => {
      const late = stage.caller.connect()
      late.then((connection) => connection.close()).catch(() => undefined)
      await expect(late).rejects.toThrow('ECONNREFUSED')
    }, 60_000)
    release()
    const exchanges = await Promise.all(calls)
    expect(exchanges.map(({ responses }) => responses[0]?.text)).toEqual(Array(20).fill('finished'))
    const connections = exchanges.map(({ responses }) => responses[0]?.header('connection'))
    expect(new Set(connections), 'nobody sends another request there').toEqual(new Set(['close']))
    expect(await exited).toBe(0)
    expect(auditLines(stage.gateway.stdout()).filter(({ kind }) => kind === 'close')).toHaveLength(20)
    await idle.close()
  })

  it('K107 without anything to do: gone at once, idle connections or not', async () => {
    await using stage = await openStage()
    const idle = await stage.caller.connect()
    await idle.write(stage.caller.fill(get))
    await idle.read(['GET'])
    const begun = performance.now()
    expect(await stage.gateway.stop()).toBe(0)
    expect(performance.now() - begun, 'it does not wait the ten seconds').toBeLessThan(9_000)
  })

  it('K107 with a call that does not end: cut after ten seconds, and the exit code says so', async () => {
    await using stage = await openStage({
      adapt: ({ upstreams }) => Object.assign(upstreams.u1 as object, { timeouts: { first_byte: '60s' } }),
    })
    stage.first.answerWith(() => undefined)
    const call = stage.caller.send(get)
    await stage.first.received(1)
    expect(await stage.gateway.stop()).toBe(1)
    expect((await call).responses).toEqual([])
    expect(stage.audit().at(-1)).toMatchObject({ kind: 'close', code: 'client.gone' })
  })
})

describe.concurrent('a start that cannot be', () => {
  it('a port that is taken: one sentence, exit code 1', async () => {
    await using stage = await openStage()
    await using second = await countersign([
      'serve',
      stage.folder,
      '--listen',
      `127.0.0.1:${stage.port}`,
      '--admin',
      '127.0.0.1:0',
    ])
    expect(await second.exited).toBe(1)
    expect(second.stderr()).toBe(
      `countersign serve: listen EADDRINUSE: address already in use 127.0.0.1:${stage.port}\n`,
    )
  })

  it('K110 a configuration with faults: all of them at once, each with its place, exit code 1', async () => {
    const report = await refusedStart(hostileConfiguration)
    for (const [line, word] of [
      [2, 'audience'],
      [8, 'http'],
      [11, 'url'],
      [15, 'url'],
      [19, 'url'],
      [23, 'url'],
      [27, 'url'],
      [30, 'client_secret'],
    ] as const) {
      expect(report, `line ${line}: ${word}`).toMatch(new RegExp(`countersign\\.yaml:${line}:\\d+[^\\n]*`))
    }
    expect(report).not.toMatch(/\bat .*\.ts:|undefined/)
  })

  it('K110 a bomb of aliases is refused without being unfolded', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`,
    )
    const report = await refusedStart(`a0: &a0 boom\n${levels.join('\n')}\n`)
    expect(report.length).toBeLessThan(10_000)
    expect(report).toMatch(/countersign\.yaml:\d+:\d+/)
  })
})

describe.concurrent('TLS', () => {
  it('serves with its certificate, refuses plain HTTP, and takes a renewed certificate without a break', async () => {
    const before = await makeCertificate()
    const after = await makeCertificate()
    await using stage = await openStage({
      adapt: ({ gateway }) => Object.assign(gateway, { tls: { cert: './tls.crt', key: './tls.key' } }),
      files: { 'tls.crt': before.cert, 'tls.key': before.key },
      tls: { ca: before.cert, servername: 'localhost' },
    })
    const first = await stage.caller.send(get)
    expect(first.responses[0]?.status).toBe(200)
    await using plain = await connectRaw({ port: stage.port, timeoutMs: 2000 })
    await plain.write(stage.caller.fill(get))
    expect((await plain.read(['GET'])).responses).toEqual([])

    await using old = await stage.caller.connect()
    stage.write('tls.key', after.key)
    stage.write('tls.crt', after.cert)
    await loggedAgain(stage, inForce, 0)
    await expect(stage.caller.connect(), 'the old authority no longer vouches').rejects.toThrow()
    const renewed = await stage.caller.send(get, { tls: { ca: after.cert, servername: 'localhost' } })
    await old.write(stage.caller.fill(get))
    const kept = stage.caller.keep(await old.read(['GET']))
    const responses = [first, renewed, kept].flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(stage.first.requests).toHaveLength(3)
  })
})

describe.concurrent('SIGTERM', () => {
  it('K107 with a TLS handshake that does not go on: cut when the time is up, and the process ends', async () => {
    const { cert, key } = await makeCertificate()
    await using stage = await openStage({
      adapt: ({ gateway }) => Object.assign(gateway, { tls: { cert: './tls.crt', key: './tls.key' } }),
      files: { 'tls.crt': cert, 'tls.key': key },
      tls: { ca: cert, servername: 'localhost' },
    })
    await using silent = await connectRaw({ port: stage.port })
    const answered = await stage.caller.send(get)
    expect(answered.responses[0]?.status, 'the one before has been accepted').toBe(200)
    await stage.gateway.stop()
    expect((await silent.read(['GET'])).responses).toEqual([])
  })
})

/** Tries to serve this configuration, and gives what was said about it. */
async function refusedStart(configuration: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  try {
    const file = join(folder, 'countersign.yaml')
    writeFileSync(file, configuration)
    await using refused = await countersign(['serve', file])
    expect(await refused.exited).toBe(1)
    return refused.stderr()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Calls one after the other on four connections until stopped. */
function startLoad(stage: Stage) {
  let stopped = false
  async function callOnAndOn() {
    const responses = []
    while (!stopped) responses.push(...(await stage.caller.send(get)).responses)
    return responses
  }
  const callers = Array.from({ length: 4 }, callOnAndOn)
  return {
    async stop() {
      stopped = true
      return (await Promise.all(callers)).flat()
    },
  }
}

const hostileConfiguration = `gateway:
  audience: [a, b]
  listen: 0.0.0.0:8080
  admin: 127.0.0.1:0
issuers:
  cluster:
    kind: jwt
    issuer: http://issuer.internal
upstreams:
  userinfo:
    url: https://user:pass@api.example
    token: { endpoint: https://api.example/token }
    credential: { client_id: a, client_secret: "\${file:./u1.secret}" }
  query:
    url: https://api.example?x=1
    token: { endpoint: https://api.example/token }
    credential: { client_id: a, client_secret: "\${file:./u1.secret}" }
  file:
    url: file:///etc/passwd
    token: { endpoint: https://api.example/token }
    credential: { client_id: a, client_secret: "\${file:./u1.secret}" }
  metadata:
    url: http://169.254.169.254/latest
    token: { endpoint: https://api.example/token }
    credential: { client_id: a, client_secret: "\${file:./u1.secret}" }
  dots:
    url: https://api.example/a/../b
    token: { endpoint: https://api.example/token }
    credential:
      { client_id: a, client_secret: "\${env:COUNTERSIGN_NOBODY_SET_THIS}" }
services: {}
`
