import { connect, type Socket } from 'node:net'
import { connectRaw, type RawConnection, type RawResponse, rawAnswer } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from '../support/certificate.ts'
import { beginCase } from '../support/global-checks.ts'
import { request } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** In seconds. The defaults are so much longer that whoever is cut within {@link patience} was cut by these. */
const times = { head: 2, request: 4, idle: 3 }
const patience = 14
const timeouts = Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, `${seconds}s`]))

let stage: Stage
shareWorld(
  () =>
    openStage({
      adapt({ gateway, upstreams }) {
        Object.assign(gateway, { timeouts })
        Object.assign(upstreams.u1 as object, { timeouts: { first_byte: '30s', total: '60s' } })
      },
    }),
  (opened) => {
    stage = opened
  },
)

/** Somebody who takes all the time in the world. */
interface SlowCaller {
  readonly what: string
  /** Sent at once. */
  readonly first?: string
  /** Whether that is answered before the rest comes. */
  readonly isAnswered?: true
  /** Sent a byte at a time, as long as anyone listens. */
  readonly slowly?: string
  /** Seconds from the connection, or from the answer, to the end. */
  readonly after: number
  /** The last words. Without: the connection just ends. */
  readonly status?: 408
}

const get = request('GET /u1/public/x')
const half = 'GET /u1/public/x HTTP/1.1\r\nX: '
const post = (framing: string) => request('POST /u1/orders', framing)
const slowCallers: readonly SlowCaller[] = [
  { what: 'no byte at all', after: times.head, status: 408 },
  { what: 'a request line without end', first: 'GET /', slowly: 'x', after: times.head, status: 408 },
  { what: 'fields without end', first: half, slowly: 'x', after: times.head, status: 408 },
  {
    what: 'fields without end, behind an answered request',
    first: get + half,
    isAnswered: true,
    slowly: 'x',
    after: times.head,
    status: 408,
  },
  {
    what: 'a body of known length',
    first: post('Content-Length: 10000'),
    slowly: 'x',
    after: times.request,
    status: 408,
  },
  {
    what: 'a body in chunks',
    first: post('Transfer-Encoding: chunked'),
    slowly: '1\r\nx\r\n',
    after: times.request,
    status: 408,
  },
  { what: 'a body that does not come', first: post('Content-Length: 9'), after: times.request, status: 408 },
  { what: 'nothing behind an answered request', first: get, isAnswered: true, after: times.idle },
]

/** Sends `piece` again and again, as long as anyone listens. */
function drip(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.writable && socket.write(piece), 200)
  socket.once('close', () => clearInterval(timer))
}

/** Behaves like this until the gateway ends it. @returns the answers */
async function takesItsTime(connection: RawConnection, caller: SlowCaller): Promise<readonly RawResponse[]> {
  const { first = '', isAnswered, slowly } = caller
  await connection.write(stage.caller.fill(first))
  const answered = isAnswered ? ['GET'] : []
  if (isAnswered) expect((await connection.read(answered)).responses[0]?.status).toBe(200)
  if (slowly !== undefined) drip(connection.socket, slowly)
  // One answer more than there can be: reading ends with the connection.
  const { responses, ending } = stage.caller.keep(await connection.read([...answered, 'POST', 'POST']))
  expect(ending, 'how it ended').not.toBe('timeout')
  return responses
}

describe('a caller that takes too long', () => {
  it('K106 is cut at the configured time, and told so', async () => {
    const check = await beginCase(stage)
    const endings = await Promise.all(
      slowCallers.map(async (caller) => {
        const begun = performance.now()
        await using connection = await stage.caller.connect({ timeoutMs: patience * 1000 })
        const responses = await takesItsTime(connection, caller)
        const seconds = (performance.now() - begun) / 1000
        const statuses = [...(caller.isAnswered ? [200] : []), ...(caller.status ? [caller.status] : [])]
        expect(
          responses.map(({ status }) => status),
          caller.what,
        ).toEqual(statuses)
        if (caller.status) {
          const last = responses.at(-1)
          expect(JSON.parse(last?.text ?? '')).toMatchObject({ code: 'request.timeout', owner: 'caller' })
          expect(last?.header('connection')).toBe('close')
        }
        expect(seconds, caller.what).toBeGreaterThanOrEqual(caller.after)
        return responses
      }),
    )
    expect(
      stage.first.requests.map(({ method }) => method),
      'no half message is taken for a whole one',
    ).toEqual(['GET', 'GET'])
    await check({ responses: endings.flat(), authorised: 2 })
  })

  it.each([
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'],
    ['an upgrade', request('GET /u1/public/x', 'Connection: Upgrade', 'Upgrade: websocket')],
  ])('K106 to end its side behind a refusal is not waited for: %s', async (_what, refused) => {
    await using connection = await stage.caller.connect()
    // It reads nothing, and so never learns that the other side has ended.
    const { socket } = connection
    socket.pause()
    const gone = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
    await connection.write(stage.caller.fill(refused))
    drip(socket, 'x')
    await gone
  })

  it.each(['admin', 'data with TLS'])('K106 at the other listeners as well: %s', async (listener) => {
    await using secure = listener === 'admin' ? undefined : await openSecureStage()
    const port = secure?.port ?? Number(new URL(stage.admin).port)
    const begun = performance.now()
    await using connection = await connectRaw({ port, timeoutMs: patience * 1000 })
    await connection.write(secure ? '\x16' : 'GET /livez HTTP/1.1\r\nX: ')
    const { ending } = await connection.read(['GET', 'GET'])
    expect(ending).not.toBe('timeout')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(times.head * 1000)
  })
})

async function openSecureStage(): Promise<Stage> {
  const { cert, key } = await makeCertificate()
  return openStage({
    adapt: ({ gateway }) =>
      Object.assign(gateway, { timeouts, tls: { cert: './tls.crt', key: './tls.key' } }),
    files: { 'tls.crt': cert, 'tls.key': key },
    tls: { ca: cert, servername: 'localhost' },
  })
}

describe('a crowd of them', () => {
  it('K106 keeps nobody else out, and is gone at the configured time', async () => {
    const check = await beginCase(stage)
    const caller = (what: string) => slowCallers.find((slow) => slow.what === what) as SlowCaller
    const crowd = [
      ...Array<SlowCaller>(600).fill(caller('fields without end')),
      ...Array<SlowCaller>(300).fill(caller('no byte at all')),
      // Fewer than the upstream has places: an upload holds one.
      ...Array<SlowCaller>(100).fill(caller('a body that does not come')),
    ]
    const connections = await Promise.all(crowd.map(() => stage.caller.connect()))
    let isOver = false
    const over = Promise.all(
      connections.map((connection, at) => takesItsTime(connection, crowd[at] as SlowCaller)),
    )
    const finished = over.finally(() => {
      isOver = true
    })
    finished.catch(() => undefined) // heard below
    const good: RawResponse[] = []
    while (!isOver) good.push(...(await stage.caller.send(get)).responses)
    const endings = await finished
    expect(new Set(good.map(({ status }) => status))).toEqual(new Set([200]))
    expect(good.length).toBeGreaterThan(10)
    const responses = endings.flat()
    expect(responses.map(({ status }) => status)).toEqual(Array(1000).fill(408))
    await check({ responses: [...good, ...responses], authorised: good.length })
  })
})

it('K106 calls whose callers send or take their bytes slowly give way when others wait for their places', async () => {
  await using crowded = await openStage({
    adapt({ upstreams, services }) {
      const tight = { limits: { concurrency: 2, wait: '60s' }, timeouts: { idle: '5m', total: '5m' } }
      for (const upstream of Object.values(upstreams)) Object.assign(upstream as object, tight)
      for (const service of Object.values(services)) {
        const { allow } = service as { allow: object[] }
        for (const upstream of ['u1', 'u2']) allow.push({ upstream, operations: ['public.read'] })
      }
    },
  })
  await Promise.all([uploadsGiveWay(crowded), readersGiveWay(crowded)])
})

async function uploadsGiveWay({ caller, first }: Stage): Promise<void> {
  const begun = await Promise.all([caller.connect(), caller.connect()])
  for (const slow of begun) await slow.write(caller.fill(`${post('Content-Length: 200')}x`))
  // Both have their places by then.
  await expect.poll(() => first.connections).toBe(2)
  const { responses } = await caller.send(anothers('/u1/public/x'))
  expect(responses.map(({ status }) => status)).toEqual([200])
  const cut = await Promise.race(begun.map((slow) => slow.read(['POST'])))
  expect(cut.responses.map(({ status }) => status)).toEqual([408])
  await Promise.all(begun.map((slow) => slow.close()))
}

/** One that takes nothing of its answer, and one that takes a byte now and then. */
async function readersGiveWay({ caller, second, port, audit }: Stage): Promise<void> {
  // More than the system holds for whoever does not read.
  const long = rawAnswer(200, 'x'.repeat(32 * 1024 * 1024))
  second.answerWith(({ target }) => (target === '/public/long' ? long : rawAnswer(200, 'fine')))
  const readers = [connect(port), connect(port)]
  for (const reader of readers) {
    reader.on('error', () => {}).write(caller.fill(request('GET /u2/public/long')))
  }
  const drip = setInterval(() => readers[1]?.read(1), 100)
  await second.received(2)
  const others = await Promise.all([1, 2].map(() => caller.send(anothers('/u2/public/x'))))
  expect(others.flatMap(({ responses }) => responses.map(({ status }) => status))).toEqual([200, 200])
  // A place is free before the line about who gave way is written.
  await expect
    .poll(() => audit().map(({ detail }) => detail))
    .toContainEqual(expect.stringContaining('others waited for its place'))
  clearInterval(drip)
  for (const reader of readers) reader.destroy()
}

function anothers(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $K\r\n\r\n`
}
