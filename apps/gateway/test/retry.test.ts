import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  type FaultProxy,
  rawAnswer,
  resetsAtOnce,
  resetsConnection,
  sendsThenCloses,
  startFaultProxy,
} from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { beginCase } from './support/global-checks.ts'
import { request } from './support/request.ts'
import { openStage, type Stage } from './support/stage.ts'

/** Every request that the TLS upstream was sent, and its body. */
const seen: { method: string; body: string }[] = []
let secure: Server
let between: FaultProxy
let stage: Stage

beforeAll(async () => {
  const certificate = await makeCertificate()
  secure = createServer(certificate, async (req, res) => {
    const pieces: Buffer[] = []
    for await (const piece of req as AsyncIterable<Buffer>) pieces.push(piece)
    seen.push({ method: req.method ?? '', body: Buffer.concat(pieces).toString() })
    res.end('here')
  }).listen(0, '127.0.0.1')
  await once(secure, 'listening')
  between = await startFaultProxy(`http://127.0.0.1:${(secure.address() as AddressInfo).port}`)
  stage = await openStage({
    files: { 'ca.crt': certificate.cert },
    env: (folder) => ({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') }),
    adapt(config, { tokens }) {
      const upstream = {
        token: { endpoint: tokens.url },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it stands in YAML
        credential: { client_id: 'c', client_secret: '${file:./u1.secret}' },
        operations: { read: { route: 'GET /x', scopes: ['x'] }, write: { route: 'POST /x', scopes: ['x'] } },
        breaker: 'off',
      }
      Object.assign(config.upstreams.u1 as object, { breaker: 'off' })
      Object.assign(config.upstreams, {
        secure: { ...upstream, url: between.url.replace('http:', 'https:') },
        nobody: { ...upstream, url: 'http://127.0.0.1:9' },
      })
      config.services['svc-c'] = {
        identities: [{ issuer: 'cluster', subject: 'svc-c' }],
        allow: ['secure', 'nobody'].map((name) => ({ upstream: name, operations: ['read', 'write'] })),
      }
    },
  })
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  await between?.close()
  secure?.closeAllConnections()
  secure?.close()
})
beforeEach(() => {
  seen.length = 0
})

async function call(text: string) {
  const token = await stage.caller.token({ sub: 'svc-c' })
  const { responses } = await stage.caller.send(text.replace('$J', token))
  const closing = stage.audit().findLast(({ kind }) => kind === 'close')
  return { responses, response: responses[0], closing }
}
async function retries(upstream: string): Promise<number> {
  const name = new RegExp(`countersign_upstream_retries_total\\{upstream="${upstream}"[^}]*\\} (\\d+)`, 'g')
  return [...(await stage.metrics()).matchAll(name)].reduce((sum, [, count]) => sum + Number(count), 0)
}
const post = (target: string, body: string) =>
  request(`POST ${target}`, `Content-Length: ${body.length}`) + body

describe('H91 a call of which nothing was sent is tried once more', () => {
  it.each([
    ['GET', request('GET /secure/x'), ''],
    ['POST', post('/secure/x', 'an order'), 'an order'],
  ])(
    'a %s whose connection was reset in the TLS handshake: the upstream sees it once',
    async (method, text, body) => {
      const check = await beginCase(stage)
      const before = await retries('secure')
      between.next(resetsAtOnce())
      const { responses, response, closing } = await call(text)
      expect(response?.text).toBe('here')
      expect(seen).toEqual([{ method, body }])
      expect(closing).toMatchObject({ attempts: 2, status: 200 })
      expect(await retries('secure')).toBe(before + 1)
      // The answer is of an upstream that the check does not know.
      await check({ responses: [], authorised: 0, unanswered: responses.length })
    },
  )

  it('once, not until it works', async () => {
    const check = await beginCase(stage)
    between.next(resetsAtOnce(), resetsAtOnce())
    const connections = between.connections
    const { responses, response, closing } = await call(post('/secure/x', 'an order'))
    expect(response?.status).toBe(502)
    expect(closing).toMatchObject({ attempts: 2, code: 'upstream.aborted' })
    expect(between.connections).toBe(connections + 2)
    expect(seen).toEqual([])
    await check({ responses, authorised: 0 })
  })

  it('a refused connection', async () => {
    const check = await beginCase(stage)
    const before = await retries('nobody')
    const { responses, response, closing } = await call(request('GET /nobody/x'))
    expect(response?.status).toBe(502)
    expect(closing).toMatchObject({ attempts: 2, code: 'upstream.unreachable' })
    expect(await retries('nobody')).toBe(before + 1)
    await check({ responses, authorised: 0 })
  })
})

describe('H91 a call of which anything was sent is never tried again', () => {
  it.each([
    ['GET', request('GET /u1/public/x')],
    ['POST', post('/u1/orders', '{}')],
  ])(
    'a %s that is answered with a reset, on a new connection and on one that was used before',
    async (_method, text) => {
      const check = await beginCase(stage)
      stage.first.answerWith(sendsThenCloses(rawAnswer(200, '', { connection: 'close' })))
      const ended = await stage.caller.send(text)
      stage.first.answerWith(resetsConnection())
      const fresh = await stage.caller.send(text)
      expect(stage.audit().at(-1)).toMatchObject({ attempts: 1, code: 'upstream.aborted' })
      stage.first.answerWith(rawAnswer(200, 'kept'))
      const kept = await stage.caller.send(text)
      stage.first.answerWith(resetsConnection())
      const used = await stage.caller.send(text)
      expect(stage.audit().at(-1)).toMatchObject({ attempts: 1, code: 'upstream.aborted' })
      stage.first.answerWith(rawAnswer(200, 'well'))
      const responses = [ended, fresh, kept, used].flatMap((exchange) => exchange.responses)
      expect(responses.map(({ status }) => status)).toEqual([200, 502, 200, 502])
      const [, second, third, fourth, ...more] = stage.first.requests
      expect(third?.connection).not.toBe(second?.connection)
      expect(fourth?.connection, 'kept alive').toBe(third?.connection)
      expect(more).toEqual([])
      expect(await retries('u1')).toBe(0)
      await check({ responses, authorised: 4 })
    },
  )

  it('a connection that was closed while it was idle is not used: nothing has to be tried again', async () => {
    const check = await beginCase(stage)
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    stage.first.answerWith((_request, socket) => {
      socket.once('close', () => resolve())
      setTimeout(() => socket.end(), 50)
      return rawAnswer(200, 'kept')
    })
    const before = await stage.caller.send(request('GET /u1/public/x'))
    await closed
    stage.first.answerWith(rawAnswer(200, 'well'))
    const after = await stage.caller.send(post('/u1/orders', '{}'))
    expect(stage.audit().at(-1)).toMatchObject({ attempts: 1, status: 200 })
    const [first, second, ...more] = stage.first.requests
    expect(second?.connection).not.toBe(first?.connection)
    expect(more).toEqual([])
    await check({ responses: [...before.responses, ...after.responses], authorised: 2 })
  })
})
