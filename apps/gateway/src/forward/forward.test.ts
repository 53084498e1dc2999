import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Grant, Minted, TokenSource } from '@countersign/auth-core'
import { Fault, Secret } from '@countersign/auth-core'
import {
  connectRaw,
  fieldValues,
  type Recorder,
  rawAnswer,
  sendRaw,
  sendsThenCloses,
  startRecorder,
  staysSilent,
} from '@countersign/testkit'
import { Pool } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../respond/problem.ts'
import type { Answer } from './answer.ts'
import { forward } from './forward.ts'
import { createUpstreamProxy } from './upstream-proxy.ts'

let recorder: Recorder
let server: Server
let pool: Pool
let outcome: Promise<Answer | Fault>
let replay: 'never' | 'on_401'
let replaced: number
let attempted: string[]

const trace = { traceparent: '00-1-1-00', tracestate: undefined, span: undefined }
const minted = (value: string): Minted => ({
  source: 'cache',
  token: {
    value: new Secret(value),
    fingerprint: value,
    obtainedAt: 0,
    expiresAt: 1,
    grantedScopes: undefined,
    toJSON: () => value,
  },
})

const tokens: TokenSource = {
  mint: () => minted('first'),
  replace: async () => {
    replaced += 1
    return minted('second')
  },
  accepted: () => {},
}

async function forwarded(...given: Parameters<typeof forward>): Promise<Answer> {
  return forward(...given)
}

beforeEach(async () => {
  recorder = await startRecorder()
  pool = new Pool(recorder.url, { connections: 4, pipelining: 1 })
  replay = 'never'
  replaced = 0
  attempted = []
  const proxy = createUpstreamProxy(new URL(recorder.url), pool)
  server = createServer(async (req, res) => {
    const operation = {
      name: 'o',
      method: req.method ?? '',
      template: '/',
      scopes: [],
      replay,
      destructive: false,
    }
    const grant = { upstream: 'u', operation } as unknown as Grant
    const timeouts = { firstByteMs: 500, idleMs: 60_000, totalMs: 2000 }
    const settled = forwarded(
      { proxy, tokens, timeouts, maxBodyBytes: 1_000_000 },
      {
        ...{ req, res, trace, requestId: 'request-1', target: req.url ?? '', grant, minted: minted('first') },
        attempting: ({ token }) => attempted.push(token.fingerprint),
      },
    )
    outcome = settled.catch((error: Fault) => error)
    const result = await outcome
    if (!(result instanceof Fault)) return result.end()
    if (res.headersSent) return void res.destroy()
    const { status, headers, body } = problemOf(result, 'request-1')
    res.writeHead(status, headers).end(body)
  }).listen(0, '127.0.0.1')
  server.maxHeadersCount = 0
  await new Promise((resolve) => server.once('listening', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await pool.destroy()
  await recorder.close()
})

const gateway = () => ({ port: (server.address() as AddressInfo).port })
async function send(...lines: string[]): Promise<string> {
  const { bytes } = await sendRaw(gateway(), lines.join('\r\n'))
  return bytes.toString('latin1')
}
const get = (...fields: string[]) =>
  send('GET /x HTTP/1.1', 'Host: g', ...fields, 'Connection: close', '', '')

describe('upstream sees the allow-list and our own fields', () => {
  it('whatever the caller sends beside them', async () => {
    await get(
      'Authorization: Bearer caller-credential',
      'Cookie: session=caller-credential',
      'X-Forwarded-User: root',
      'X_Forwarded_User: root',
      'X-HTTP-Method-Override: DELETE',
      'Expect: 100-continue',
      'Trailer: x',
      'TE: trailers',
      'Upgrade: h2c',
      'HTTP2-Settings: AAA',
      'Accept: text/plain',
    )
    const [request] = recorder.requests
    expect(recorder.bytes().toString('latin1')).not.toContain('caller-credential')
    expect(request?.headers.map(([name]) => name.toLowerCase()).sort()).toEqual([
      'accept',
      'authorization',
      'connection',
      'host',
      'traceparent',
      'via',
      'x-request-id',
    ])
    expect(request?.headers.at(-1)).toEqual(['authorization', 'Bearer first'])
  })

  it('even when Connection names the credential', async () => {
    await send('GET /x HTTP/1.1', 'Host: g', 'Connection: close, authorization, via, host', '', '')
    expect(fieldValues(recorder.requests[0]?.headers ?? [], 'authorization')[0]).toBe('Bearer first')
  })
})

describe('bodies are framed anew', () => {
  it.each(['DELETE', 'OPTIONS', 'GET', 'POST'])(
    '%s with a chunked body stays one request',
    async (method) => {
      const smuggled = 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n'
      await send(
        `${method} /x HTTP/1.1`,
        'Host: g',
        'Connection: close',
        'Transfer-Encoding: chunked',
        '',
        `${smuggled.length.toString(16)}`,
        smuggled,
        '0',
        '',
        '',
      )
      await outcome
      expect(recorder.requests.map(({ target }) => target)).toEqual(['/x'])
      expect(recorder.requests[0]?.body.toString()).toBe(smuggled)
    },
  )

  it('a body the caller breaks off never looks complete upstream', async () => {
    const connection = await connectRaw(gateway())
    await connection.write('POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 100\r\n\r\nhalf')
    await vi.waitFor(() => expect(recorder.bytes().toString()).toContain('half'))
    await connection.close()
    expect(await outcome).toMatchObject({ code: 'client.gone' })
    expect(recorder.requests).toEqual([])
  })

  it('a body over the limit is refused while it arrives', async () => {
    const answer = await send(
      'POST /x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n',
      `${(2_000_000).toString(16)}\r\n${'x'.repeat(2_000_000)}\r\n0\r\n\r\n`,
    )
    expect(await outcome).toMatchObject({ code: 'request.too-large' })
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
  })
})

describe('an answer that is not valid', () => {
  it.each([
    ['status 099', 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'],
    ['status 999', 'HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n'],
    [
      '101 nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    ],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['garbage', 'garbage\r\n\r\n'],
    ['a huge field', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`],
    ['a thousand interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)],
  ])('%s is a 502, and the gateway goes on', async (_name, bytes) => {
    recorder.answerWith(bytes)
    const answer = await get()
    expect(answer).toMatch(/^HTTP\/1.1 502 /)
    recorder.answerWith(rawAnswer(200, 'fine'))
    expect(await get()).toMatch(/^HTTP\/1.1 200 [\s\S]*fine$/)
  })

  it('204 with a body does not shift the next answer', async () => {
    recorder.answerWith('HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nabcd')
    const answer = await get()
    expect(answer).toMatch(/^HTTP\/1.1 204 /)
    expect(answer).not.toMatch(/content-length|abcd/i)
  })

  it('an answer that breaks off is broken off, not ended', async () => {
    recorder.answerWith(sendsThenCloses('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
    const answer = await get()
    expect(await outcome).toBeInstanceOf(Fault)
    expect(answer).not.toContain('problem')
    expect(answer.split('\r\n\r\n')[1] ?? '').toMatch(/^(half)?$/)
  })

  it('silence is a 504 within the configured time', async () => {
    recorder.answerWith(staysSilent())
    const answer = await get()
    expect(answer).toMatch(/^HTTP\/1.1 504 /)
  })
})

describe('fields of the answer', () => {
  it('that belong to the connection behind us stay there', async () => {
    recorder.answerWith(
      'HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\n' +
        'Set-Cookie: a=b\r\nUpgrade: h2c\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok',
    )
    const answer = (await get()).toLowerCase()
    expect(answer).toContain('x-kept: 1')
    expect(answer).not.toMatch(/x-hop|timeout=9|proxy-authenticate|set-cookie|upgrade/)
  })
})

describe('a 401 of the upstream is about our token', () => {
  const refusedOnce = () => {
    let count = 0
    recorder.answerWith(() => {
      count += 1
      return count === 1 ? rawAnswer(401, 'no') : rawAnswer(200, 'fine')
    })
  }

  it('a GET is sent once more with a new one', async () => {
    refusedOnce()
    expect(await get()).toMatch(/200 [\s\S]*fine$/)
    expect(recorder.requests.map((request) => fieldValues(request.headers, 'authorization')[0])).toEqual([
      'Bearer first',
      'Bearer second',
    ])
    expect(await outcome).toMatchObject({ status: 200 })
    expect(attempted).toEqual(['first', 'second'])
  })

  it('a POST is not, and the caller gets 502', async () => {
    refusedOnce()
    const answer = await send(
      'POST /x HTTP/1.1',
      'Host: g',
      'Content-Length: 2',
      'Connection: close',
      '',
      'ab',
    )
    expect(answer).toMatch(/^HTTP\/1.1 502 [\s\S]*mint.rejected-by-upstream/)
    expect(recorder.requests).toHaveLength(1)
    expect(replaced).toBe(1)
  })

  it('a POST that may be replayed is, byte for byte', async () => {
    refusedOnce()
    replay = 'on_401'
    await send('POST /x HTTP/1.1', 'Host: g', 'Content-Length: 2', 'Connection: close', '', 'ab')
    expect(recorder.requests.map((request) => request.body.toString())).toEqual(['ab', 'ab'])
  })

  it('a second refusal is final', async () => {
    recorder.answerWith(rawAnswer(401, 'no'))
    expect(await get()).toMatch(/^HTTP\/1.1 502 /)
    expect(recorder.requests).toHaveLength(2)
  })
})

it('a caller that hangs up frees the upstream call', async () => {
  recorder.answerWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
  const response = await fetch(`http://127.0.0.1:${gateway().port}/x`)
  await response.body?.cancel()
  expect(await outcome).toMatchObject({ code: 'client.gone' })
})

it('a caller that hung up before the call was made does not hold a connection', async () => {
  const gone = createServer((req, res) => {
    res.once('close', () => {
      const operation = { name: 'o', method: 'POST', template: '/', scopes: [], replay, destructive: false }
      const grant = { upstream: 'u', operation } as unknown as Grant
      const upstream = { proxy: createUpstreamProxy(new URL(recorder.url), pool), tokens, maxBodyBytes: 1000 }
      outcome = forwarded(
        { ...upstream, timeouts: { firstByteMs: 500, idleMs: 60_000, totalMs: 60_000 } },
        { req, res, trace, requestId: 'request-1', target: '/x', grant, minted: minted('first') },
      ).catch((error: Fault) => error)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => gone.once('listening', resolve))
  const connection = await connectRaw({ port: (gone.address() as AddressInfo).port })
  outcome = Promise.resolve(new Fault('gateway.unexpected'))
  await connection.write('POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 100\r\n\r\nhalf')
  await connection.close()
  await vi.waitFor(async () => expect(await outcome).toMatchObject({ code: 'client.gone' }))
  expect(recorder.requests).toEqual([])
  gone.close()
})
