import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { compileIdentity, Fault, type Identity } from '@countersign/auth-core'
import { connectRaw } from '@countersign/testkit'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionsPolicy } from '../../test/support/decisions-policy.ts'
import { policyConfig } from '../../test/support/policy-config.ts'
import { createOperatorCheck } from '../identify/operator.ts'
import { renderFault } from '../respond/render-fault.ts'
import { authzenRoutes } from './authzen-routes.ts'
import { createDecisionPoint } from './decision-point.ts'

const evaluation = '/access/v1/evaluation'
const evaluations = '/access/v1/evaluations'
let server: Server
let port: number

beforeAll(async () => {
  const decisions = createDecisionPoint(policyConfig(decisionsPolicy), Date.now)
  const operatorOf = createOperatorCheck({
    operators: [compileIdentity({ issuer: 'staff', subject: 'platform' })],
    verify: ({ token }): Identity => {
      if (token === undefined) throw new Fault('identity.missing')
      if (token === 'bad') throw new Fault('identity.refused')
      return { issuer: 'staff', subject: token, claims: {}, expiresAt: Infinity }
    },
  })
  const app = express()
  app.use(authzenRoutes({ operatorOf, decisions: () => decisions }))
  app.use(renderFault)
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(() => server.close())

const ofOperator = { authorization: 'Bearer platform' }
const json = { ...ofOperator, 'content-type': 'application/json' }

async function send(
  path: string,
  body: string | Buffer | undefined,
  headers: object = json,
  method = 'POST',
) {
  const outgoing = httpRequest({ port, host: '127.0.0.1', path, method, headers: { ...headers } })
  outgoing.end(body)
  const [res] = (await once(outgoing, 'response')) as [IncomingMessage]
  const answer = await text(res)
  return { status: res.statusCode, headers: res.headers, body: answer, json: JSON.parse(answer || 'null') }
}

function post(path: string, body: unknown, headers?: object) {
  return send(path, JSON.stringify(body), headers)
}

const subject = { type: 'service', id: 'all' }
const action = { name: 'GET' }
const resource = { type: 'route', id: '/u1/accounts' }
const yes = { subject, action, resource }
const no = { ...yes, subject: { type: 'service', id: 'some' } }

describe('an evaluation', () => {
  it('answers yes and no alike with 200, JSON and a boolean', async () => {
    for (const [question, decision] of [
      [yes, true],
      [no, false],
    ] as const) {
      const answer = await post(evaluation, question)
      expect(answer).toMatchObject({ status: 200, json: { decision, context: { reason_admin: {} } } })
      expect(answer.headers['content-type']).toMatch(/^application\/json/)
      expect(answer.headers['cache-control']).toBe('no-store')
    }
  })

  it('ignores members it does not know', async () => {
    const more = { ...yes, more: 1, subject: { ...subject, more: [] }, context: { more: null, time: 'x' } }
    expect((await post(evaluation, more)).json.decision).toBe(true)
  })

  it.each([
    ['no subject', { action, resource }],
    ['no action', { subject, resource }],
    ['no resource', { subject, action }],
    ['null for the subject', { ...yes, subject: null }],
    ['a list for the subject', { ...yes, subject: [] }],
    ['no subject.type', { ...yes, subject: { id: 'all' } }],
    ['no subject.id', { ...yes, subject: { type: 'service' } }],
    ['a number for subject.id', { ...yes, subject: { type: 'service', id: 1 } }],
    ['null for subject.id', { ...yes, subject: { type: 'service', id: null } }],
    ['no action.name', { ...yes, action: {} }],
    ['an object for action.name', { ...yes, action: { name: {} } }],
    ['no resource.type', { ...yes, resource: { id: '/' } }],
    ['no resource.id', { ...yes, resource: { type: 'route' } }],
    ['a list for properties', { ...yes, resource: { ...resource, properties: [] } }],
    ['text for the context', { ...yes, context: 'x' }],
    ['a number for a header field', { ...yes, context: { headers: { a: 1 } } }],
    ['a list', []],
    ['null', null],
    ['text', 'x'],
  ])('with %s is 400', async (_what, question) => {
    expect(await post(evaluation, question)).toMatchObject({
      status: 400,
      json: { code: 'request.malformed' },
    })
  })

  it.each([
    ['nothing', ''],
    ['half of it', '{"subject":'],
    ['a duplicate member', JSON.stringify(yes).replace('{', '{"action":{"name":"DELETE"},')],
    [
      'a duplicate member in another spelling',
      JSON.stringify(yes).replace('{', '{"\\u0061ction":{"name":"DELETE"},'),
    ],
    ['a lone surrogate', JSON.stringify(yes).replace('all', '\\ud800')],
    ['a byte order mark', `\uFEFF${JSON.stringify(yes)}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a depth of 10,000', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['a depth of 100,000 objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('of %s is 400', async (_what, body) => {
    expect(await send(evaluation, body)).toMatchObject({ status: 400, json: { code: 'request.malformed' } })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=latin1',
  ])('as %s is 400', async (type) => {
    expect((await post(evaluation, yes, { ...ofOperator, 'content-type': type })).status).toBe(400)
  })

  it('without a media type, or compressed, is 400', async () => {
    expect((await post(evaluation, yes, ofOperator)).status).toBe(400)
    expect((await post(evaluation, yes, { ...json, 'content-encoding': 'gzip' })).status).toBe(400)
  })

  it.each(['application/json;charset=utf-8', 'Application/JSON', 'application/json; charset="UTF-8"'])(
    'as %s is answered',
    async (type) => {
      expect((await post(evaluation, yes, { ...ofOperator, 'content-type': type })).json.decision).toBe(true)
    },
  )

  it.each([
    ['by its length', 'Content-Length: 10485760', '{'],
    ['in chunks', 'Transfer-Encoding: chunked', `100001\r\n${' '.repeat(0x100001)}\r\n`],
  ])('of more than 1 MiB is 413 as soon as that is known, %s', async (_how, field, begun) => {
    await using connection = await connectRaw({ port })
    const head = `POST ${evaluation} HTTP/1.1\r\nHost: g\r\n${field}\r\nContent-Type: application/json`
    await connection.write(`${head}\r\nAuthorization: Bearer platform\r\n\r\n${begun}`)
    const { responses } = await connection.read(['POST'])
    expect(responses[0]?.status).toBe(413)
  })

  it('is POST only, at exactly its path', async () => {
    expect(await send(evaluation, undefined, ofOperator, 'GET')).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    })
    for (const path of [`${evaluation}/`, '/Access/v1/evaluation', '/access//v1/evaluation']) {
      const outgoing = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers: json })
      outgoing.end(JSON.stringify(yes))
      const [res] = await once(outgoing, 'response')
      res.resume()
      expect(res.statusCode, path).toBe(404)
    }
  })
})

describe('whoever asks', () => {
  it.each([
    ['nobody', {}, 401],
    ['somebody unverified', { authorization: 'Bearer bad' }, 401],
    ['another scheme', { authorization: 'Basic cGxhdGZvcm06' }, 401],
    ['no operator', { authorization: 'Bearer intern' }, 403],
  ])('%s gets no answer', async (_who, credential, status) => {
    for (const path of [evaluation, evaluations]) {
      const answer = await post(path, yes, { 'content-type': 'application/json', ...credential })
      expect(answer.status).toBe(status)
      expect(answer.json).not.toHaveProperty('decision')
      if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
    }
    expect((await send('/.well-known/authzen-configuration', undefined, credential, 'GET')).status).toBe(
      status,
    )
  })

  it('is told 401 before anything of the request is judged', async () => {
    expect((await send(evaluation, '{', { 'content-type': 'text/plain' })).status).toBe(401)
  })
})

describe('X-Request-ID', () => {
  it('comes back as it was, with answers and refusals', async () => {
    const id = 'a/b:"c";{d}=~'
    expect((await post(evaluation, yes, { ...json, 'x-request-id': id })).headers['x-request-id']).toBe(id)
    expect((await post(evaluation, {}, { ...json, 'x-request-id': id })).headers['x-request-id']).toBe(id)
    expect((await post(evaluation, yes, { 'x-request-id': id })).headers['x-request-id']).toBe(id)
  })

  it.each(['x'.repeat(257), 'x'.repeat(8192), 'a b', 'caf\u00e9'])(
    'that is none is 400 and does not come back',
    async (id) => {
      const answer = await post(evaluation, yes, { ...json, 'x-request-id': id })
      expect(answer.status).toBe(400)
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
      expect(answer.body).not.toContain(id)
    },
  )
})

describe('a batch', () => {
  const decisionsOf = (answer: { json: { evaluations: { decision: boolean }[] } }) =>
    answer.json.evaluations.map(({ decision }) => decision)

  it('is answered in its order and length', async () => {
    const answer = await post(evaluations, { evaluations: [no, yes, no, yes, yes] })
    expect(answer.status).toBe(200)
    expect(decisionsOf(answer)).toEqual([false, true, false, true, true])
  })

  it('hands its defaults down whole, never in part', async () => {
    const batch = {
      ...yes,
      context: { body: 1 },
      evaluations: [{}, { subject: no.subject }, { resource: { id: '/u1/accounts' } }, { subject: null }],
    }
    const answer = await post(evaluations, batch)
    expect(decisionsOf(answer)).toEqual([true, false, false, false])
    expect(answer.json.evaluations[2]).toMatchObject({ context: { error: { status: 400 } } })
    expect(answer.json.evaluations[3]).toMatchObject({ context: { error: { status: 400 } } })
  })

  it('replaces a context, and does not merge it', async () => {
    const asked = { subject: no.subject, action, resource, context: { query: { role: 'viewer' } } }
    const answer = await post(evaluations, { ...asked, evaluations: [{}, { context: { headers: {} } }] })
    expect(decisionsOf(answer)).toEqual([true, false])
  })

  it('without evaluations is a single question', async () => {
    for (const body of [yes, { ...yes, evaluations: [] }]) {
      expect((await post(evaluations, body)).json).toMatchObject({ decision: true })
      expect((await post(evaluations, body)).json).not.toHaveProperty('evaluations')
    }
    expect((await post(evaluations, { evaluations: [] })).status).toBe(400)
  })

  it('takes one malformed item for a no and answers the rest', async () => {
    const answer = await post(evaluations, { evaluations: [yes, {}, 7, null, yes] })
    expect(decisionsOf(answer)).toEqual([true, false, false, false, true])
  })

  it.each([
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('under %s ends where it should', async (semantic, expected) => {
    const options = { evaluations_semantic: semantic }
    expect(decisionsOf(await post(evaluations, { options, evaluations: [yes, no, yes] }))).toEqual(expected)
  })

  it('takes a malformed item for a deny under deny_on_first_deny', async () => {
    const options = { evaluations_semantic: 'deny_on_first_deny' }
    expect(decisionsOf(await post(evaluations, { options, evaluations: [{}, yes] }))).toEqual([false])
  })

  it.each([
    ['an unknown semantic', { options: { evaluations_semantic: 'any' }, evaluations: [yes] }],
    [
      'a name of every object as semantic',
      { options: { evaluations_semantic: 'constructor' }, evaluations: [yes] },
    ],
    ['options that are no object', { options: 'x', evaluations: [yes] }],
    ['evaluations that are no list', { ...yes, evaluations: {} }],
    ['null for evaluations', { ...yes, evaluations: null }],
  ])('with %s is 400', async (_what, batch) => {
    expect((await post(evaluations, batch)).status).toBe(400)
  })

  it('of 10,000 items is 413; one of 1,000 is answered whole', async () => {
    expect((await post(evaluations, { ...yes, evaluations: Array(10_000).fill({}) })).status).toBe(413)
    const answer = await post(evaluations, { ...yes, evaluations: Array(1_000).fill({}) })
    expect(decisionsOf(answer)).toHaveLength(1_000)
  })
})

describe('the metadata', () => {
  it('names the decision point as it was called', async () => {
    const { json: metadata, headers } = await send(
      '/.well-known/authzen-configuration',
      undefined,
      ofOperator,
      'GET',
    )
    const base = `http://127.0.0.1:${port}`
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(metadata).toEqual({
      policy_decision_point: base,
      access_evaluation_endpoint: base + evaluation,
      access_evaluations_endpoint: base + evaluations,
    })
  })

  it('repeats no host that is none', async () => {
    const host = { ...ofOperator, host: 'a@evil.example/"x' }
    expect((await send('/.well-known/authzen-configuration', undefined, host, 'GET')).status).toBe(400)
  })
})
