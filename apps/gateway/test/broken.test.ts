import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  answersGzipBomb,
  answersHtml,
  answersHuge,
  answersJson,
  answersStatus,
  hangs,
  type Mood,
  redirects,
  resets,
  sendsThenCloses,
  staysSilent,
  trickles,
  truncates,
} from '@countersign/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { impatient } from './support/configuration.ts'
import { beginCase } from './support/global-checks.ts'
import { request } from './support/request.ts'
import { openStage, type Stage } from './support/stage.ts'

let stage: Stage
let stranger: Server
beforeAll(async () => {
  stranger = createServer(await makeCertificate(), (_request, response) => response.end('trusted')).listen(
    0,
    '127.0.0.1',
  )
  await once(stranger, 'listening')
  const { port } = stranger.address() as AddressInfo
  stage = await openStage({
    adapt(config, { first, tokens }) {
      impatient(config)
      const upstream = {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it stands in YAML
        credential: { client_id: 'c', client_secret: '${file:./u1.secret}' },
        operations: { read: { route: 'GET /x', scopes: ['read'] } },
      }
      const nobody = 'http://127.0.0.1:9'
      impatient(config)
      Object.assign(config.upstreams, {
        'no-endpoint': { ...upstream, url: first.url, token: { endpoint: `${nobody}/token` } },
        'no-api': { ...upstream, url: nobody, token: { endpoint: tokens.url } },
        'no-trust': { ...upstream, url: `https://127.0.0.1:${port}`, token: { endpoint: tokens.url } },
        'no-name': { ...upstream, url: 'https://nobody.invalid', token: { endpoint: tokens.url } },
      })
      config.services['svc-c'] = {
        identities: [{ issuer: 'cluster', subject: 'svc-c' }],
        allow: ['no-endpoint', 'no-api', 'no-name', 'no-trust'].map((name) => ({
          upstream: name,
          operations: ['read'],
        })),
      }
    },
  })
})
afterAll(async () => {
  stranger?.close()
  await stage?.[Symbol.asyncDispose]()
})
afterEach(() => stage.tokens.recover())

/** A mood that leaves out, adds or changes members of the good answer. */
const ok =
  (overrides: Record<string, unknown>): Mood =>
  (response, seen) =>
    stage.tokens.ok(overrides)(response, seen)

const unusable: readonly [string, Mood, status: number, code: string][] = [
  ['500', answersStatus(500), 503, 'mint.unavailable'],
  ['503 in HTML', answersHtml(503), 503, 'mint.unavailable'],
  ['429', answersStatus(429, '', { 'retry-after': '3600' }), 503, 'mint.unavailable'],
  ['a reset', resets(), 503, 'mint.unavailable'],
  ['half an answer', truncates(), 503, 'mint.unavailable'],
  ['a web page', answersHtml(), 502, 'mint.invalid-response'],
  ['an empty 200', answersStatus(200), 502, 'mint.invalid-response'],
  ['204', answersStatus(204), 502, 'mint.invalid-response'],
  ['null', answersJson(null), 502, 'mint.invalid-response'],
  ['an array', answersJson([]), 502, 'mint.invalid-response'],
  [
    'a token of another content type',
    answersStatus(200, '{"access_token":"x","token_type":"Bearer"}', { 'content-type': 'text/plain' }),
    502,
    'mint.invalid-response',
  ],
  ['no access_token', ok({ access_token: undefined }), 502, 'mint.invalid-response'],
  ['an empty access_token', ok({ access_token: '' }), 502, 'mint.invalid-response'],
  ['a token that is a number', ok({ access_token: 7 }), 502, 'mint.invalid-response'],
  ['a token with a line break', ok({ access_token: 'a\r\nX-Evil: yes' }), 502, 'mint.invalid-response'],
  ['a token with a space', ok({ access_token: 'a b' }), 502, 'mint.invalid-response'],
  ['a token beyond ASCII', ok({ access_token: 'tökén' }), 502, 'mint.invalid-response'],
  ['a token of 100 KB', ok({ access_token: 'x'.repeat(100_000) }), 502, 'mint.invalid-response'],
  ['token_type mac', ok({ token_type: 'mac' }), 502, 'mint.invalid-response'],
  ['token_type DPoP', ok({ token_type: 'DPoP' }), 502, 'mint.invalid-response'],
  ['no token_type', ok({ token_type: undefined }), 502, 'mint.invalid-response'],
  ['expires_in 0', ok({ expires_in: 0 }), 502, 'mint.invalid-response'],
  ['expires_in -1', ok({ expires_in: -1 }), 502, 'mint.invalid-response'],
  ['200 with an error', answersJson({ error: 'invalid_client' }), 502, 'mint.refused'],
  ['400 invalid_client', answersJson({ error: 'invalid_client' }, 400), 502, 'mint.refused'],
  ['401', answersStatus(401), 502, 'mint.refused'],
  ['400 in HTML', answersHtml(400), 502, 'mint.invalid-response'],
  ['expires_in 1e12', ok({ expires_in: 1e12 }), 502, 'mint.invalid-response'],
  ['64 MB', answersHuge(), 503, 'mint.unavailable'],
  ['a gzip bomb', answersGzipBomb(), 503, 'mint.unavailable'],
]

describe('I96 a token endpoint that answers with', () => {
  it.each(unusable)('%s: nobody is let through, and it is never a 401', async (_name, mood, status, code) => {
    const check = await beginCase(stage)
    stage.tokens.next(mood)
    const { responses, bytes } = await stage.caller.send(request(`GET ${stage.cold()}`))
    expect(responses[0]?.status).toBe(status)
    expect(JSON.parse(responses[0]?.text ?? '')).toMatchObject({
      code,
      owner: code === 'mint.refused' ? 'operator' : 'upstream',
    })
    expect(responses[0]?.header('retry-after')).toMatch(/^\d+$/)
    expect(bytes.toString().toLowerCase()).not.toMatch(/x-evil|invalid_client|sorry/)
    await check({ responses, authorised: 0 })
  })

  it.each([
    ['no expires_in', { expires_in: undefined }],
    ['expires_in as text', { expires_in: '3600' }],
    ['expires_in with a fraction', { expires_in: 3599.5 }],
    ['token_type in capitals', { token_type: 'BEARER' }],
    ['members nobody knows', { surprise: { deep: [1] } }],
  ])('%s: the call is made', async (_name, overrides) => {
    const check = await beginCase(stage)
    stage.tokens.next(ok(overrides))
    const { responses } = await stage.caller.send(request(`GET ${stage.cold()}`))
    expect(responses[0]?.status).toBe(200)
    await check({ responses, authorised: 1 })
  })

  it('a redirect: the secret does not follow it', async () => {
    const check = await beginCase(stage)
    stage.tokens.next(
      redirects(`${stage.second.url}/public/steal`),
      redirects(`${stage.second.url}/public/steal`, 307),
    )
    const responses = []
    for (const path of [stage.cold(), stage.cold()])
      responses.push(...(await stage.caller.send(request(`GET ${path}`))).responses)
    expect(responses.map(({ status }) => status)).toEqual([502, 502])
    await check({ responses, authorised: 0 })
  })

  it('nothing, or one byte at a time: given up after ten seconds', async () => {
    const check = await beginCase(stage)
    stage.tokens.next(hangs(), trickles())
    const begun = performance.now()
    const gets = [stage.cold(), stage.cold()].map((path) => stage.caller.send(request(`GET ${path}`)))
    const other = await stage.caller.send(request(`GET ${stage.cold()}`))
    expect(other.responses[0]?.status, 'another token meanwhile').toBe(200)
    const exchanges = [...(await Promise.all(gets)), other]
    expect(performance.now() - begun).toBeLessThan(40_000)
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 200])
    await check({ responses, authorised: 1 })
  })
})

describe('what is not there', () => {
  it.each([
    ['no-endpoint', 503, 'mint.unavailable'],
    ['no-api', 502, 'upstream.unreachable'],
    ['no-name', 502, 'upstream.unreachable'],
    ['no-trust', 502, 'upstream.unreachable'],
  ])('%s: %i %s, without a word about addresses', async (upstream, status, code) => {
    const check = await beginCase(stage)
    const token = await stage.caller.token({ sub: 'svc-c' })
    const { responses, bytes } = await stage.caller.send(request(`GET /${upstream}/x`).replace('$J', token))
    expect(responses[0]?.status).toBe(status)
    expect(JSON.parse(responses[0]?.text ?? '')).toMatchObject({ code, owner: 'upstream' })
    expect(bytes.toString()).not.toMatch(/127\.0\.0\.1|nobody\.invalid|ECONN|ENOTFOUND|self.signed|CERT/i)
    await check({ responses, authorised: 0 })
  })

  it('an issuer without keys: 503, in the name of the issuer, and the others are served', async () => {
    const check = await beginCase(stage)
    stage.issuer.jwks.always(answersStatus(500))
    const known = await stage.caller.send(request('GET /u1/public/x'))
    expect(known.responses[0]?.status, 'with keys that are known').toBe(200)
    stage.issuer.jwks.recover()
    await check({ responses: known.responses, authorised: 1 })
  })
})

describe('the whole call has its time', () => {
  it.each([
    ['silence', staysSilent(), 504],
    ['a stream that stalls', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', undefined],
    ['garbage', 'nonsense\r\n\r\n', 502],
    ['an early end', sendsThenCloses('HTTP/1.1 200 OK\r\n'), 502],
  ])('%s', async (_name, answer, status) => {
    const check = await beginCase(stage)
    stage.first.answerWith(answer)
    const begun = performance.now()
    const exchange = await stage.caller.send(request('GET /u1/public/x'))
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(exchange.responses[0]?.status).toBe(status)
    expect(exchange.ending).not.toBe('timeout')
    await check({ responses: exchange.responses, authorised: 1, unanswered: 1 - exchange.responses.length })
  })
})
