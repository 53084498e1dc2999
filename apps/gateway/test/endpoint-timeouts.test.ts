// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type FaultProxy,
  hangs,
  type Recorder,
  rawAnswer,
  startFaultProxy,
  startRecorder,
  staysSilent,
} from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Configuration, Surroundings } from './support/configuration.ts'
import { request } from './support/request.ts'
import { openStage, type Stage } from './support/stage.ts'

/** Later than the default bound, in milliseconds. */
const slowMs = 12_000
/** Sooner than the default bound, however busy the machine is. */
const soonMs = 9_000

let stage: Stage
const slow: Recorder[] = []
let deaf: FaultProxy
beforeAll(async () => {
  stage = await openStage({ adapt })
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  await Promise.all([...slow, deaf].map((server) => server?.close()))
})

/** Somebody who answers late, or with no body never. */
async function startSlow(body?: object): Promise<string> {
  const server = await startRecorder()
  slow.push(server)
  const answer = rawAnswer(200, JSON.stringify(body), { 'content-type': 'application/json' })
  server.answerWith(body === undefined ? staysSilent() : () => sleep(slowMs, answer))
  return server.url
}

async function adapt(config: Configuration, { first, issuer }: Surroundings): Promise<void> {
  deaf = await startFaultProxy(first.url)
  await deaf.ignore()
  const silent = await startSlow()
  const slowTokens = await startSlow({ access_token: 'late', token_type: 'Bearer', expires_in: 60 })
  const slowKeys = await startSlow({ keys: issuer.published })

  const { identities, allow } = config.services['svc-a'] as { identities: object[]; allow: object[] }
  const upstreams = {
    'slow-tokens': [slowTokens, { total: '60s' }],
    'no-tokens': [silent, { total: '1s' }],
    'short-connect': [deaf.url, { connect: '500ms', total: '60s' }],
    'long-connect': [deaf.url, { connect: '60s', total: '3s' }],
  } as const
  for (const [name, [url, timeouts]] of Object.entries(upstreams)) {
    config.upstreams[name] = {
      url: first.url,
      token: { endpoint: `${url}/oauth2/token`, audience: name, timeouts },
      credential: { client_id: 'c', client_secret: '${file:./u1.secret}' },
      operations: { read: { route: 'GET /public/{name}', scopes: ['read'] } },
    }
    allow.push({ upstream: name, operations: ['read'] })
  }
  const issuers = {
    'slow-keys': [slowKeys, { total: '60s' }],
    'no-keys': [silent, { total: '1s' }],
  } as const
  for (const [name, [url, timeouts]] of Object.entries(issuers)) {
    config.issuers[name] = { kind: 'jwt', issuer: issuerOf(name), jwks: `${url}/jwks`, timeouts }
    identities.push({ issuer: name, subject: 'svc-a' })
  }
}

function issuerOf(name: string): string {
  return `https://${name}.example`
}

/** Status, code and detail of a call, and how long it took. */
async function call(upstream: string, iss?: string) {
  const credential = iss === undefined ? '$J' : await stage.caller.token({ iss })
  const begun = performance.now()
  const target = `GET /${upstream}/public/${upstream}-${iss === undefined ? '' : 'keys'}`
  const { responses } = await stage.caller.send(request(target).replace('$J', credential), {
    timeoutMs: 60_000,
  })
  const ms = performance.now() - begun
  const id = responses[0]?.header('x-request-id')
  const line = stage.audit().find(({ kind, request_id }) => kind === 'close' && request_id === id)
  return { status: responses[0]?.status, code: line?.code, detail: line?.detail, ms }
}

describe.concurrent('`timeouts` of what the gateway asks itself', () => {
  it('H91 a token endpoint that is given more time than the default is waited for', async () => {
    expect(await call('slow-tokens')).toMatchObject({ status: 200 })
  }, 60_000)

  it('H91 one that is given less is not', async () => {
    const { ms, ...outcome } = await call('no-tokens')
    expect(outcome).toMatchObject({ status: 503, code: 'mint.unavailable' })
    expect(outcome.detail).toContain('(TimeoutError)')
    expect(ms).toBeLessThan(soonMs)
  }, 60_000)

  it('H91 to connect it has a time of its own, and the whole answer’s at the most', async () => {
    expect(await call('short-connect')).toMatchObject({
      status: 503,
      detail: expect.stringContaining('(UND_ERR_CONNECT_TIMEOUT)'),
    })
    expect(await call('long-connect')).toMatchObject({
      status: 503,
      detail: expect.stringContaining('(TimeoutError)'),
    })
  }, 60_000)

  it('B30 a key set that is given more time than the default is waited for', async () => {
    expect(await call('u1', issuerOf('slow-keys'))).toMatchObject({ status: 200 })
  }, 60_000)

  it('B30 one that is given less is not', async () => {
    const { ms, ...outcome } = await call('u1', issuerOf('no-keys'))
    expect(outcome).toMatchObject({ status: 503, code: 'identity.keys-unavailable' })
    expect(ms).toBeLessThan(soonMs)
  }, 60_000)
})

it('K107 changed timeouts hold from the next request on, and cost no token', async () => {
  await using own = await openStage()
  const answer = async (target: string) =>
    (await own.caller.send(request(`GET ${target}`))).responses[0]?.status
  expect(await answer('/u1/public/x')).toBe(200)
  const minted = own.tokens.issued.length
  const changed = structuredClone(own.configuration)
  Object.assign((changed.upstreams.u1 as { token: object }).token, { timeouts: { total: '1s' } })
  own.write('countersign.yaml', JSON.stringify(changed))
  await vi.waitFor(
    async () => expect(await own.metrics()).toContain('config_reloads_total{result="applied"} 1'),
    { timeout: 20_000 },
  )
  expect(await answer('/u1/public/x')).toBe(200)
  expect(own.tokens.issued).toHaveLength(minted)

  own.tokens.always(hangs())
  const begun = performance.now()
  expect(await answer(own.cold())).toBe(503)
  expect(performance.now() - begun).toBeLessThan(soonMs)
}, 60_000)
