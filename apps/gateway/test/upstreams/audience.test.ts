import { gzipSync } from 'node:zlib'
import { fieldValues, type RecordedRequest, rawAnswer } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
/** What the upstream says of itself; a test changes it. */
let tenant: {
  document: object | number
  account: object | number
  accepts: string
  refusal: number
  body?: object
}

const json = (status: number, body: object) =>
  `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(JSON.stringify(body))}\r\n\r\n${JSON.stringify(body)}`
const either = (answer: object | number) =>
  typeof answer === 'number' ? rawAnswer(answer, '') : json(200, answer)

function answer(request: RecordedRequest) {
  if (request.target === '/.well-known/openid-configuration') return either(tenant.document)
  if (request.target.startsWith('/account/host/')) return either(tenant.account)
  const token = fieldValues(request.headers, 'authorization')[0]?.split(' ')[1] ?? ''
  const audience = audiences.get(token)
  if (audience === tenant.accepts) return rawAnswer(200, 'fine')
  const body = tenant.body ?? { status: tenant.refusal, message: `aud_mismatch: expected ${tenant.accepts}` }
  return json(tenant.refusal, body)
}

const audiences = new Map<string, string | null>()

beforeEach(async () => {
  tenant = {
    document: { management_audience: 'faable:management:acc_1' },
    account: { id: 'acc_1' },
    accepts: 'faable:management:acc_1',
    refusal: 403,
  }
  audiences.clear()
  stage = await openStage({
    adapt(usual, { first, tokens }) {
      usual.upstreams.u1 = {
        preset: 'faable',
        url: first.url,
        token: { endpoint: tokens.url },
        credential: (usual.upstreams.u1 as { credential: object }).credential,
      }
      Object.assign(usual.services['svc-a'] as object, {
        allow: [{ upstream: 'u1', operations: ['users.*'] }],
      })
    },
  })
  stage.tokens.always((response, request) => {
    const asked = new URLSearchParams(stage.tokens.requests.at(-1)?.body).get('audience')
    stage.tokens.ok()(response, request)
    audiences.set(stage.tokens.issued.at(-1) ?? '', asked)
  })
  stage.first.answerWith(answer)
})
afterEach(() => stage[Symbol.asyncDispose]())

async function call(text = 'GET /u1/user HTTP/1.1\r\n'): Promise<string> {
  const { bytes } = await stage.caller.send(
    `${text}Host: g\r\nAuthorization: Bearer $J\r\nConnection: close\r\n\r\n`,
  )
  return bytes.toString('latin1')
}
const lookups = () =>
  stage.first.requests.filter(({ target }) => target !== '/user').map(({ target }) => target)

describe('the audience comes from', () => {
  it('the discovery document, asked for once by a hundred calls', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => call()))
    expect(answers.filter((text) => !/^HTTP\/1.1 200 /.test(text))).toEqual([])
    expect(lookups()).toEqual(['/.well-known/openid-configuration'])
    expect(stage.tokens.count).toBe(1)
    expect(stage.audit().at(-1)).toMatchObject({ audience: 'faable:management:acc_1' })
  })

  it.each([
    ['without the member', {}],
    ['that is missing', 404],
  ])('the look-up by host, for a document %s', async (_what, document) => {
    tenant.document = document
    expect(await call()).toMatch(/^HTTP\/1.1 200 /)
    expect(lookups()).toEqual(['/.well-known/openid-configuration', '/account/host/127.0.0.1'])
  })
})

describe('an audience that is nowhere', () => {
  it('is for the operator to say, when the upstream answers and does not', async () => {
    tenant.document = 404
    tenant.account = 404
    expect(await call()).toMatch(/^HTTP\/1.1 502 [\s\S]*mint.audience-unknown[\s\S]*"operator"/)
    expect(stage.tokens.count).toBe(0)
    const before = lookups().length
    await call()
    expect(lookups()).toHaveLength(before)
  })

  it('is the upstream’s affair, when it is down', async () => {
    tenant.document = 500
    tenant.account = 500
    expect(await call()).toMatch(/^HTTP\/1.1 503 [\s\S]*mint.unavailable[\s\S]*"upstream"/)
  })
})

describe('when the API calls the audience wrong', () => {
  const move = () => {
    tenant.accepts = 'faable:management:acc_2'
    tenant.document = { management_audience: 'faable:management:acc_2' }
  }
  it.each([
    ['a 403 with a message', 403, undefined],
    ['a 401 with a message', 401, undefined],
    ['a 403 with an error_code', 403, { error_code: 'aud_mismatch:x' }],
  ])('by %s, it is found again and the call goes through', async (_what, refusal, body) => {
    expect(await call()).toMatch(/^HTTP\/1.1 200 /)
    move()
    Object.assign(tenant, { refusal, body })
    expect(await call()).toMatch(/^HTTP\/1.1 200 /)
    expect(stage.tokens.count).toBe(2)
    expect(stage.audit().at(-1)).toMatchObject({ attempts: 2, audience: 'faable:management:acc_2' })
    await call()
    expect(lookups()).toHaveLength(2)
  })

  it('in a compressed body, the same', async () => {
    await call()
    move()
    stage.first.answerWith((request) => {
      const plain = answer(request)
      if (typeof plain !== 'string' || !plain.startsWith('HTTP/1.1 403')) return plain
      const body = gzipSync(plain.split('\r\n\r\n')[1] ?? '')
      const head = `HTTP/1.1 403 X\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`
      return Buffer.concat([Buffer.from(head), body])
    })
    expect(await call()).toMatch(/^HTTP\/1.1 200 /)
  })

  it('a call that may not be repeated fails once, and the next one goes through', async () => {
    await call()
    move()
    const post = 'POST /u1/user HTTP/1.1\r\nContent-Length: 0\r\n'
    expect(await call(post)).toMatch(/^HTTP\/1.1 502 [\s\S]*mint.rejected-by-upstream/)
    expect(await call(post)).toMatch(/^HTTP\/1.1 200 /)
  })

  it('and the upstream names no other, the operator is told, and neither side is hammered', async () => {
    await call()
    tenant.accepts = 'something else'
    for (let at = 0; at < 10; at += 1) {
      expect(await call()).toMatch(/^HTTP\/1.1 502 [\s\S]*mint.audience-unknown[\s\S]*"operator"/)
    }
    expect(lookups()).toHaveLength(2)
    expect(stage.tokens.count).toBe(1)
  })
})

describe('a 403 that is about something else', () => {
  it('is the caller’s, byte for byte', async () => {
    Object.assign(tenant, { accepts: 'x', body: { error_code: 'insufficient_scope' } })
    const answerText = await call()
    expect(answerText).toMatch(/^HTTP\/1.1 403 [\s\S]*\{"error_code":"insufficient_scope"\}$/)
    expect(answerText).not.toMatch(/proxy-status/i)
    expect(stage.audit().at(-1)).toMatchObject({ status: 403, bytes: 35 })
  })

  it('also when it is long, or has no stated length', async () => {
    const long = 'y'.repeat(200_000)
    stage.first.answerWith((request) =>
      request.target === '/user'
        ? `HTTP/1.1 403 X\r\nContent-Length: ${long.length}\r\n\r\n${long}`
        : answer(request),
    )
    expect((await call()).endsWith(`\r\n\r\n${long}`)).toBe(true)
    const chunk = `${(100_000).toString(16)}\r\n${'z'.repeat(100_000)}\r\n`
    stage.first.answerWith(`HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`)
    expect(((await call()).match(/z/g) ?? []).length).toBe(200_000)
  })
})
