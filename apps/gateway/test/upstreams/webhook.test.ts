// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML

import { createHash, createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  connectRaw,
  fieldValues,
  type Recorder,
  rawAnswer,
  startRecorder,
  staysSilent,
} from '@countersign/testkit'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { shareWorld } from '../support/share-world.ts'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
let receiver: Recorder
let outside: string

/** Later than a service may answer where nothing else is configured, in milliseconds. */
const laterThanUsualMs = 5_000
/** How long the receiver of `faable` may take: far longer than the hundred senders beside it keep it from answering. */
const patience = '60s'

shareWorld(openWorld, (world) => {
  ;({ stage, receiver, outside } = world)
})

async function openWorld() {
  const receiver = await startRecorder()
  const outside = `http://127.0.0.1:${await freePort()}`
  const stage = await openStage({
    files: {
      'faable.secret': 'whsec_faable',
      'aurinko.secret': 'aurinko-signing',
      'store.key': Buffer.alloc(32, 1).toString('base64'),
    },
    adapt(usual, { first, tokens }) {
      const credential = { client_id: 'c', client_secret: '${file:./u1.secret}' }
      const webhook = (name: string) => ({
        secret: `\${file:./${name}.secret}`,
        forward_to: `${receiver.url}/events/${name}?from=gateway`,
        audience: `https://events.internal/${name}`,
      })
      const faable = { preset: 'faable', url: first.url, token: { endpoint: tokens.url }, credential }
      usual.upstreams.faable = { ...faable, webhook: { ...webhook('faable'), timeout: patience } }
      usual.upstreams.hurried = { ...faable, webhook: webhook('faable') }
      usual.upstreams.aurinko = { preset: 'aurinko', url: first.url, credential, webhook: webhook('aurinko') }
      Object.assign(usual.gateway, {
        public: { listen: outside.replace('http://', ''), url: outside },
        operators: [{ issuer: 'cluster', subject: 'platform' }],
        store: { file: './store.json', keys: { a: '${file:./store.key}' }, active: 'a' },
      })
    },
  })
  async function close(): Promise<void> {
    await stage[Symbol.asyncDispose]()
    await receiver.close()
  }
  return { stage, receiver, outside, [Symbol.asyncDispose]: close }
}

beforeEach(() => {
  receiver.forget()
  receiver.answerWith(rawAnswer(200, ''))
})

interface Sending {
  /** Default `faable`. */
  readonly to?: string
  readonly at?: number
  readonly id?: string
  readonly secret?: string
  readonly body?: Buffer
  readonly signed?: Buffer
  readonly fields?: Record<string, string>
}
// Not text, not JSON: what was signed are bytes.
const bytes = () =>
  Buffer.concat([Buffer.from(`{"n":"${randomUUID()}"} \r\n`), Buffer.from([0xff, 0x00, 0xc3])])

function faable({ at = Date.now(), id = randomUUID(), secret = 'whsec_faable', ...sending }: Sending = {}) {
  const body = sending.body ?? bytes()
  const signature = createHmac('sha256', secret)
    .update(`${at}.`)
    .update(sending.signed ?? body)
    .digest('hex')
  return send(sending.to ?? 'faable', body, {
    'x-faable-event': 'user.created',
    'x-faable-delivery': id,
    'x-faable-timestamp': String(at),
    'x-faable-signature': `sha256=${signature}`,
    ...sending.fields,
  })
}
function aurinko(prefix: string, { at = Math.floor(Date.now() / 1000), body = bytes() }: Sending = {}) {
  const signature = createHmac('sha256', 'aurinko-signing').update(`v0:${at}:`).update(body).digest('hex')
  return send('aurinko', body, {
    'x-aurinko-request-timestamp': String(at),
    'x-aurinko-signature': prefix + signature,
  })
}
async function send(upstream: string, body: Buffer, headers: Record<string, string>) {
  const response = await fetch(`${outside}/hooks/${upstream}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
  const text = await response.text()
  const problem = text === '' ? {} : (JSON.parse(text) as { code?: string; owner?: string })
  return { status: response.status, code: problem.code, owner: problem.owner }
}

describe('a delivery that is signed', () => {
  it('reaches the service byte for byte, with an assertion that it can verify', async () => {
    const body = bytes()
    const id = randomUUID()
    expect(await faable({ body, id })).toMatchObject({ status: 204 })
    const [received] = receiver.requests
    expect(received).toMatchObject({ method: 'POST', target: '/events/faable?from=gateway', body })
    const [authorization = ''] = fieldValues(received?.headers ?? [], 'authorization')
    const keys = createRemoteJWKSet(new URL(`${outside}/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), keys, {
      issuer: outside,
      audience: 'https://events.internal/faable',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'iat', 'jti'],
      maxTokenAge: '60s',
    })
    expect(payload).toMatchObject({
      upstream: 'faable',
      delivery: id,
      event: 'user.created',
      body_sha256: createHash('sha256').update(body).digest('base64url'),
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    expect(protectedHeader.kid).toBeDefined()
    expect(stage.audit().at(-1)).toMatchObject({ kind: 'webhook', outcome: 'delivered', delivery: id })
  })

  it('carries nothing else of the sender', async () => {
    await faable({ fields: { cookie: 'a=b', authorization: 'Bearer sender', 'x-forwarded-user': 'root' } })
    expect(receiver.bytes().toString('latin1')).not.toMatch(/a=b|sender|root|whsec|x-faable/i)
  })

  it.each(['', 'v0=', 'sha256='])(
    'in seconds and with the prefix "%s", where the vendor does so',
    async (prefix) => {
      expect(await aurinko(prefix)).toMatchObject({ status: 204 })
    },
  )
})

describe('a delivery that is refused does not reach the service, and is on record', () => {
  const cases: [string, () => Promise<{ status: number; code: string | undefined }>][] = [
    ['with another secret', () => faable({ secret: 'whsec_other' })],
    ['with another body', () => faable({ signed: Buffer.from('other') })],
    ['without a signature', () => faable({ fields: { 'x-faable-signature': '' } })],
    ['with a prefix alone', () => faable({ fields: { 'x-faable-signature': 'sha256=' } })],
    [
      'with another time than was signed',
      () => faable({ fields: { 'x-faable-timestamp': String(Date.now() + 1) } }),
    ],
    ['with a time that is no number', () => faable({ fields: { 'x-faable-timestamp': '1e12' } })],
    ['from six minutes ago', () => faable({ at: Date.now() - 360_000 })],
    ['from six minutes ahead', () => faable({ at: Date.now() + 360_000 })],
    ['in seconds where milliseconds are due', () => faable({ at: Math.floor(Date.now() / 1000) })],
    ['with a prefix that the vendor does not use', () => aurinko('v1=')],
  ]
  it.each(cases)('%s', async (_what, sending) => {
    const before = stage.audit().length
    expect(await sending()).toMatchObject({ status: 403, code: 'webhook.refused' })
    expect(receiver.requests).toEqual([])
    expect(stage.audit().slice(before)).toMatchObject([
      { kind: 'webhook', outcome: 'refused', code: 'webhook.refused' },
    ])
  })

  it('a second time, under the same name or another', async () => {
    const sending = { at: Date.now(), body: bytes() }
    const id = randomUUID()
    expect(await faable({ ...sending, id })).toMatchObject({ status: 204 })
    expect(await faable({ ...sending, id })).toMatchObject({ status: 409, code: 'webhook.repeated' })
    expect(await faable(sending)).toMatchObject({ status: 409, code: 'webhook.repeated' })
    expect(await faable({ id })).toMatchObject({ status: 409, code: 'webhook.repeated' })
    expect(receiver.requests).toHaveLength(1)
  })

  it('a hundred times at once: one gets through', async () => {
    const sending = { at: Date.now(), body: bytes(), id: randomUUID() }
    const answers = await Promise.all(Array.from({ length: 100 }, () => faable(sending)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(receiver.requests).toHaveLength(1)
  })

  it('of more than a megabyte', async () => {
    expect(await faable({ body: Buffer.alloc(1024 * 1024 + 1) })).toMatchObject({ status: 413 })
  })
})

it('those that do not go on arriving fill no memory: beyond 16 MiB the oldest go, and a good one gets through', async () => {
  const [host = '', port] = outside.replace('http://', '').split(':')
  const piece = Buffer.alloc(1024 * 1024 - 1)
  const open = async () => {
    const sender = await connectRaw({ host, port: Number(port), timeoutMs: 60_000 })
    await sender.write(
      `POST /hooks/faable HTTP/1.1\r\nHost: g\r\nContent-Length: ${piece.length + 1}\r\n\r\n`,
    )
    await sender.write(piece)
    return sender
  }
  await using senders = new AsyncDisposableStack()
  const oldest = senders.use(await open())
  await Promise.all(Array.from({ length: 16 }, async () => senders.use(await open())))
  const { responses } = await oldest.read(['POST'])
  expect(responses[0]?.status).toBe(408)
  expect(await faable()).toMatchObject({ status: 204 })
})

it('one that breaks off is on record as the sender’s doing', async () => {
  const [host = '', port] = outside.replace('http://', '').split(':')
  const sender = await connectRaw({ host, port: Number(port), timeoutMs: 60_000 })
  await sender.write('POST /hooks/faable HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\nhalf')
  await sender.close()
  const broken = { kind: 'webhook', code: 'client.gone' }
  await vi.waitFor(() => expect(stage.audit().at(-1)).toMatchObject(broken))
})

describe('a service that does not take a delivery', () => {
  it.each([
    ['answers 500', rawAnswer(500, 'secret detail')],
    ['answers 401', rawAnswer(401, '')],
    ['redirects', 'HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n'],
    ['says nothing in time', staysSilent()],
  ])('%s: the sender learns it, and may send it again', async (_what, answer) => {
    receiver.answerWith(answer)
    const sending = { to: 'hurried', at: Date.now(), body: bytes(), id: randomUUID() }
    expect(await faable(sending)).toEqual({ status: 502, code: 'webhook.undeliverable', owner: 'operator' })
    receiver.answerWith(rawAnswer(200, ''))
    await vi.waitFor(async () => expect(await faable(sending)).toMatchObject({ status: 204 }))
  })

  it('has the time that is configured for it', async () => {
    receiver.answerWith(() => sleep(laterThanUsualMs, rawAnswer(200, '')))
    expect(await faable()).toMatchObject({ status: 204 })
  })
})

describe('the handshake of a new subscription', () => {
  const ask = (upstream: string, query: string) =>
    fetch(`${outside}/hooks/${upstream}?${query}`, { method: 'POST' })
  it('is answered with its own token, as text and as nothing else', async () => {
    const response = await ask('aurinko', 'validationToken=a%20b%3Cscript%3E')
    expect([response.status, await response.text()]).toEqual([200, 'a b<script>'])
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(receiver.requests).toEqual([])
  })
  it('cannot fill the record: a hundred of them are counted, and one line is written', async () => {
    const handshakes = () => stage.audit().filter(({ outcome }) => outcome === 'handshake').length
    await Promise.all(Array.from({ length: 100 }, () => ask('aurinko', 'validationToken=a')))
    expect(handshakes()).toBeLessThanOrEqual(2)
    expect(await stage.metrics()).toMatch(/webhook_handshakes_total\{upstream="aurinko"\} 1\d\d$/m)
  })
  it.each([
    ['faable', 'validationToken=a'],
    ['aurinko', 'validationToken='],
    ['aurinko', 'validationToken=a&validationToken=b'],
    ['aurinko', `validationToken=${'a'.repeat(2000)}`],
    ['aurinko', 'validationToken=a%0d%0aX:%20y'],
  ])('%s does not answer ?%s', async (upstream, query) => {
    expect((await ask(upstream, query)).status).toBe(403)
  })
})

it('an upstream without a webhook has no address', async () => {
  for (const upstream of ['u1', 'nobody', '__proto__', 'constructor']) {
    expect((await fetch(`${outside}/hooks/${upstream}`, { method: 'POST' })).status).toBe(404)
  }
  expect((await fetch(`${outside}/hooks/faable`)).status).toBe(404)
})

it('publishes the public half of its key, and no more', async () => {
  const { keys } = (await (await fetch(`${outside}/.well-known/jwks.json`)).json()) as { keys: object[] }
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']])
})

it('no secret is in the record, the log or the metrics', async () => {
  const written =
    JSON.stringify(stage.audit()) + stage.gateway.stdout() + stage.gateway.stderr() + (await stage.metrics())
  expect(written).not.toMatch(/whsec|aurinko-signing|client-secret/)
})

it('forged deliveries cannot fill the record: a hundred a minute are on it', async () => {
  const lines = () => stage.audit().filter(({ outcome }) => outcome === 'refused').length
  const before = lines()
  const answers = await Promise.all(Array.from({ length: 300 }, () => faable({ secret: 'whsec_other' })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
  expect(lines() - before).toBeLessThanOrEqual(200)
})
