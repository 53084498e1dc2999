// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type FaultProxy, type RawResponse, rawAnswer, startFaultProxy } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import type { Configuration, Surroundings } from '../support/configuration.ts'
import { beginCase, type CaseCheck } from '../support/global-checks.ts'
import { bare, request } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { type AuditLine, openStage, type Stage } from '../support/stage.ts'
import { endTrouble, type TroubleName, troubles } from '../support/trouble.ts'

/**
 * How a call ends: the status that the caller sees, nothing when the message breaks off; then code and owner, in
 * the answer and on record. An answer of the upstream's own has neither.
 */
type Outcome = readonly [status: number | undefined, code?: string, owner?: string]

const noToken = [503, 'mint.unavailable', 'upstream'] as const
const noKeys = [503, 'identity.keys-unavailable', 'issuer'] as const
const late = [504, 'upstream.timeout', 'upstream'] as const
const aborted = [502, 'upstream.aborted', 'upstream'] as const

/** What each trouble makes of a call, by the dependency that has it. */
const outcomes: Readonly<Record<TroubleName, Readonly<Record<Dependency, Outcome>>>> = {
  'an answer that comes too late': { token: noToken, keys: noKeys, api: late },
  'a header section of a byte at a time': { token: noToken, keys: noKeys, api: late },
  'a body of a byte at a time': {
    token: noToken,
    keys: noKeys,
    api: [undefined, 'upstream.timeout', 'upstream'],
  },
  'a reset at once': { token: noToken, keys: noKeys, api: aborted },
  'a reset in place of an answer': { token: noToken, keys: noKeys, api: aborted },
  'a reset within the header section': { token: noToken, keys: noKeys, api: aborted },
  'a reset within the body': {
    token: noToken,
    keys: noKeys,
    api: [undefined, 'upstream.aborted', 'upstream'],
  },
  'half a header section': { token: noToken, keys: noKeys, api: aborted },
  'half a body': { token: noToken, keys: noKeys, api: [undefined, 'upstream.aborted', 'upstream'] },
  'silence of who takes the request': { token: noToken, keys: noKeys, api: late },
  'silence of who takes no connection': { token: noToken, keys: noKeys, api: late },
  'a refused connection': { token: noToken, keys: noKeys, api: [502, 'upstream.unreachable', 'upstream'] },
  'bytes that are no HTTP': {
    token: noToken,
    keys: noKeys,
    api: [502, 'upstream.invalid-response', 'upstream'],
  },
  'a web page': { token: [502, 'mint.invalid-response', 'upstream'], keys: noKeys, api: [200] },
  'status 500': { token: noToken, keys: noKeys, api: [500] },
}

type Dependency = 'token' | 'keys' | 'api'

/** One trouble at one dependency; an upstream or an issuer of its own has it, and nobody else. */
interface Cell {
  readonly dependency: Dependency
  readonly trouble: TroubleName
  /** Of the upstream or the issuer. */
  readonly name: string
}

const cells: readonly Cell[] = (Object.keys(troubles) as TroubleName[]).flatMap((trouble) =>
  (['token', 'keys', 'api'] as const).map((dependency) => {
    const name = `${dependency}-${trouble.toLowerCase().replaceAll(' ', '-')}`
    return { dependency, trouble, name }
  }),
)

/** Some cells, each with an upstream or an issuer of one gateway. */
interface World extends AsyncDisposable {
  readonly stage: Stage
  readonly proxies: ReadonlyMap<string, FaultProxy>
  /** By the name of their cell. */
  readonly stories: ReadonlyMap<string, Promise<void>>
  readonly bystander: ReturnType<typeof startBystander>
  readonly check: CaseCheck
  readonly calls: Calls
}

/** Every answer, and how many calls got none. */
interface Calls {
  readonly responses: RawResponse[]
  brokenOff: number
  sent: number
}

/** A cell and where it is told. */
type Story = Cell & Pick<World, 'stage' | 'proxies' | 'calls'>

async function openWorld(told: readonly Cell[]): Promise<World> {
  const proxies = new Map<string, FaultProxy>()
  const stage = await openStage({ adapt: (...usual) => adapt(told, proxies, ...usual) })
  const filler = 'x'.repeat(4000)
  stage.tokens.always(stage.tokens.ok({ filler }))
  stage.issuer.published = stage.issuer.published.map((key) => ({ ...key, filler }))
  const check = await beginCase(stage)
  stage.first.answerWith(rawAnswer(200, filler))
  const bystander = startBystander(stage)
  const calls: Calls = { responses: [], brokenOff: 0, sent: 0 }
  const stories = new Map<string, Promise<void>>()
  // All at the same time: most of it is waiting for bounds.
  for (const cell of told) {
    const story = tell[cell.dependency]({ ...cell, stage, proxies, calls })
    story.catch(() => {})
    stories.set(cell.name, story)
  }
  async function close(): Promise<void> {
    await Promise.allSettled([bystander.stop(), ...stories.values()])
    await stage[Symbol.asyncDispose]()
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()))
  }
  return { stage, proxies, stories, bystander, check, calls, [Symbol.asyncDispose]: close }
}

/** An upstream or an issuer for each cell. The keys have their trouble from the start: later, they are known. */
async function adapt(
  told: readonly Cell[],
  proxies: Map<string, FaultProxy>,
  config: Configuration,
  { first, tokens, issuer }: Surroundings,
): Promise<void> {
  const servers = { token: new URL(tokens.url).origin, keys: issuer.issuer, api: first.url }
  const { identities, allow } = config.services['svc-a'] as { identities: object[]; allow: object[] }
  // Calls that are to succeed have more time than a busy machine takes; those that are not wait no longer than this.
  const timeouts = { connect: '4s', first_byte: '8s', idle: '8s', total: '10s' }
  // Those whose keys are in trouble share it: none of them may be left alone because of another.
  Object.assign(config.upstreams.u1 as object, { timeouts, breaker: { failures: 1000 } })
  for (const { dependency, trouble, name } of told) {
    const proxy = await startFaultProxy(servers[dependency])
    proxies.set(name, proxy)
    if (dependency === 'keys') {
      await troubles[trouble](proxy)
      config.issuers[name] = {
        kind: 'jwt',
        issuer: issuerOf(name),
        jwks: `${proxy.url}/jwks`,
        fresh_for: '1s',
      }
      identities.push({ issuer: name, subject: 'svc-a' })
    } else {
      config.upstreams[name] = {
        url: dependency === 'api' ? proxy.url : first.url,
        token: {
          endpoint: dependency === 'token' ? `${proxy.url}/oauth2/token` : tokens.url,
          audience: name,
        },
        credential: { client_id: 'c', client_secret: '${file:./u1.secret}' },
        timeouts,
        breaker: { failures: 2, pause: '10s' },
        operations: {
          read: { route: 'GET /public/{name}', scopes: ['read'] },
          order: { route: 'POST /orders', scopes: ['write'] },
        },
      }
      allow.push({ upstream: name, operations: ['read', 'order'] })
    }
  }
}

function issuerOf(name: string): string {
  return `https://${name}.example`
}

/** What happens in a cell, by its dependency. */
const tell: Readonly<Record<Dependency, (story: Story) => Promise<void>>> = {
  async token(story) {
    await begin(story)
    await meets(story, read(story), order(story))
    expect(reached(story)).toEqual([])
    expect(await stateOf(story)).toBe(`failing: ${outcomes[story.trouble].token[1]}`)
    await recovers(story)
    await begin(story)
    expect(await read(story), 'with the token that is there').toEqual([200])
    await endTrouble(proxyOf(story))
  },

  async keys(story) {
    await meets(story, read(story), order(story))
    expect(reached(story)).toEqual([])
    expect(await stateOf(story)).toBe('failing: identity.keys-unavailable')
    await recovers(story)
    await begin(story)
    const { connections } = proxyOf(story)
    const isSeen = !['silence of who takes no connection', 'a refused connection'].includes(story.trouble)
    await vi.waitFor(
      async () => {
        expect(await read(story), 'with the keys that are known').toEqual([200])
        if (isSeen) expect(proxyOf(story).connections).toBeGreaterThan(connections)
      },
      { interval: 250 },
    )
    await endTrouble(proxyOf(story))
  },

  async api(story) {
    await recovers(story)
    const orders = () => reached(story).filter(({ method }) => method === 'POST').length
    const placed = orders()
    await begin(story)
    await meets(story, read(story))
    await meets(story, order(story))
    expect(orders(), 'a change is not sent twice').toBeLessThanOrEqual(placed + 1)
    const [, code] = outcomes[story.trouble].api
    if (code !== undefined && code !== 'upstream.invalid-response') {
      expect(await stateOf(story)).toBe(`left alone: ${code}`)
      const before = reached(story).length
      expect(await order(story)).toEqual([503, 'upstream.circuit-open', 'upstream'])
      expect(reached(story)).toHaveLength(before)
    } else {
      expect(await stateOf(story)).toBe('ok')
    }
    await recovers(story)
  },
}

describe('a dependency in trouble', () => {
  let world: World
  const title = ({ dependency, trouble }: Cell) => `H91 ${dependency}: ${trouble}`
  shareWorld(
    (again) => {
      const alone = cells.filter((cell) => title(cell) === again?.name)
      return openWorld(alone.length > 0 ? alone : cells)
    },
    (opened) => {
      world = opened
    },
  )

  it.each(cells.map((cell) => [title(cell), cell] as const))('%s', async (_title, { name }) => {
    await world.stories.get(name)
  })

  it('H91 meanwhile another upstream was served, every call is on record once, and all is well by itself', async () => {
    const { stage, stories, bystander, check, calls } = world
    await Promise.allSettled(stories.values())
    const bystanders = await bystander.stop()
    expect(new Set(bystanders.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await readiness(stage)).toMatchObject({
      ready: true,
      upstreams: Object.fromEntries(namesOf('token', 'api').map((name) => [name, 'ok'])),
    })
    await check({
      responses: [...calls.responses, ...bystanders],
      authorised: 2 * calls.sent + bystanders.length,
      unanswered: calls.brokenOff,
    })
  })

  it('H91 metrics name who was in trouble, and who had to act', async () => {
    await Promise.allSettled(world.stories.values())
    const metrics = await world.stage.metrics()
    for (const { dependency, trouble, name } of cells) {
      const [, outcome = 'answered', owner = ''] = outcomes[trouble][dependency]
      const labels = `outcome="${outcome}",owner="${owner}",upstream="${name}",operation="read"`
      if (dependency === 'keys') expect(metrics).toContain(`countersign_issuer_usable{issuer="${name}"} 1`)
      else expect(metrics).toContain(`countersign_requests_total{service="svc-a",${labels}}`)
      if (dependency === 'token') expect(metrics).toContain(`{upstream="${name}",result="${outcome}"}`)
    }
    expect(metrics).toContain('outcome="identity.keys-unavailable",owner="issuer"')
  })
})

/** What stands where the file of the record stood. */
const recordTroubles: Readonly<Record<string, (file: string) => void>> = {
  'no space': (file) => symlinkSync('/dev/full', file),
  'a folder in its place': (file) => mkdirSync(file),
  'a path that leads nowhere': (file) => symlinkSync('/nowhere/audit.jsonl', file),
  'a pipe that nobody reads': (file) => void execFileSync('mkfifo', [file]),
}

describe('a record in trouble', () => {
  let recording: Stage
  const unavailable = { status: 503, code: 'audit.unavailable', owner: 'operator' }
  const file = () => join(recording.folder, 'audit.jsonl')

  const audit = { file: './audit.jsonl', required: true, key: '${file:./audit.key}' }
  shareWorld(
    () =>
      openStage({
        adapt: ({ gateway }) => void Object.assign(gateway, { audit }),
        files: { 'audit.key': 'key of the chain' },
      }),
    (opened) => {
      recording = opened
    },
  )

  async function answerTo(text: string): Promise<unknown> {
    const { responses, ending } = await recording.caller.send(text)
    const [response] = responses
    if (response === undefined) return ending
    return response.status < 400 ? response.status : JSON.parse(response.text)
  }
  const order = () => answerTo(`${request('POST /u1/orders', 'Content-Length: 2')}{}`)
  const read = () => answerTo(request('GET /u1/public/x'))

  it.each(Object.keys(recordTroubles))(
    'H91 %s: nothing goes upstream until it is well again',
    async (name) => {
      expect(await order()).toBe(200)
      renameSync(file(), `${file()}.${name.replaceAll(' ', '-')}`)
      recordTroubles[name]?.(file())
      // A pipe takes some lines before it is full.
      await vi.waitFor(async () => expect(await order()).toMatchObject(unavailable), { interval: 0 })
      recording.first.forget()
      for (const call of [order, read, read, order]) expect(await call()).toMatchObject(unavailable)
      expect(recording.first.requests).toEqual([])

      rmSync(file(), { recursive: true })
      expect(await order()).toBe(200)
      expect(await read()).toBe(200)
    },
  )

  /** Calls that the metrics know as refused for want of a record. */
  async function counted(): Promise<number> {
    const series =
      /^countersign_requests_total\{[^}]*outcome="audit.unavailable",owner="operator"[^}]*\} (\d+)$/gm
    return [...(await recording.metrics()).matchAll(series)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    )
  }

  it('H91 a read that finds the trouble out is broken off, and counted so: its answer is not on record', async () => {
    const before = await counted()
    renameSync(file(), `${file()}.found-out`)
    recordTroubles['no space']?.(file())
    expect(await read()).toBe('closed')
    expect(await counted()).toBe(before + 1)
    expect(await read()).toMatchObject(unavailable)
    rmSync(file())
    expect(await read()).toBe(200)
  })
})

async function begin(story: Story): Promise<void> {
  await troubles[story.trouble](proxyOf(story))
}

function proxyOf({ proxies, name }: Pick<Story, 'proxies' | 'name'>): FaultProxy {
  return proxies.get(name) as FaultProxy
}

function namesOf(...dependencies: readonly Dependency[]): string[] {
  return cells.filter(({ dependency }) => dependencies.includes(dependency)).map(({ name }) => name)
}

/** Whatever of this cell's calls got to the API behind it. */
function reached({ stage, name }: Story) {
  return stage.first.requests.filter(
    ({ target }) => target.endsWith(`/${name}`) || target.endsWith(`=${name}`),
  )
}

async function readiness(
  stage: Stage,
): Promise<{ upstreams: Record<string, string>; issuers: Record<string, string> }> {
  const answer = await fetch(`${stage.admin}/readyz`)
  expect(answer.status, 'ready, whoever is in trouble').toBe(200)
  return (await answer.json()) as Awaited<ReturnType<typeof readiness>>
}

async function stateOf({ stage, dependency, name }: Story): Promise<string | undefined> {
  const { upstreams, issuers } = await readiness(stage)
  return dependency === 'keys' ? issuers[name] : upstreams[name]
}

function read(story: Story): Promise<Outcome> {
  return call(story, `GET /${upstreamOf(story)}/public/${story.name}`, '')
}

function order(story: Story): Promise<Outcome> {
  return call(story, `POST /${upstreamOf(story)}/orders?cell=${story.name}`, '{}')
}

function upstreamOf({ dependency, name }: Cell): string {
  return dependency === 'keys' ? 'u1' : name
}

/** Makes a call, and looks at its record: one `close`, and before it an `open` where something was to be changed. */
async function call(story: Story, line: string, body: string): Promise<Outcome> {
  const { stage, calls, dependency, name } = story
  calls.sent += 1
  const id = `call.${calls.sent}.${name}`.slice(0, 64)
  const token = dependency === 'keys' ? await stage.caller.token({ iss: issuerOf(name) }) : '$J'
  const fields = [`Authorization: Bearer ${token}`, `X-Request-ID: ${id}`, `Content-Length: ${body.length}`]
  const exchange = await stage.caller.send(`${bare(line, ...fields)}${body}`)
  expect(exchange.ending, 'how the call ended').not.toBe('timeout')
  const [response] = exchange.responses
  if (response === undefined) calls.brokenOff += 1
  else calls.responses.push(response)

  const lines = stage.audit().filter(({ request_id }) => request_id === id)
  const closed = lines.at(-1) as AuditLine
  const wasSent = Number(closed.attempts ?? 0) > 0
  expect(lines.map(({ kind }) => kind)).toEqual(body !== '' && wasSent ? ['open', 'close'] : ['close'])
  const { code, owner } = closed as { code?: string; owner?: string }
  const told: [code?: string, owner?: string] = code === undefined || owner === undefined ? [] : [code, owner]
  if (response?.header('proxy-status') !== undefined) {
    const problem = JSON.parse(response.text)
    expect([problem.code, problem.owner]).toEqual(told)
    expect(response.text).not.toContain('127.0.0.1')
  }
  return [response?.status, ...told]
}

async function meets({ dependency, trouble }: Story, ...calls: readonly Promise<Outcome>[]): Promise<void> {
  const outcome = outcomes[trouble][dependency]
  for (const call of calls) expect(await call).toEqual(outcome)
}

/** Ends the trouble; the gateway finds out by itself. */
async function recovers(story: Story): Promise<void> {
  await endTrouble(proxyOf(story))
  await vi.waitFor(async () => expect(await read(story)).toEqual([200]), { interval: 500 })
  expect(await order(story)).toEqual([200])
}

/** Somebody who has to do with none of it, and calls all the time. */
function startBystander(stage: Stage) {
  const answers: RawResponse[] = []
  let isStopped = false
  async function callOnAndOn(): Promise<void> {
    while (!isStopped) {
      const { responses } = await stage.caller.send(bare('GET /u2/public/x', 'Authorization: Bearer $K'))
      expect(responses).toHaveLength(1)
      answers.push(...responses)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const calling = callOnAndOn()
  calling.catch(() => {})
  return {
    async stop() {
      isStopped = true
      await calling
      return answers
    },
  }
}
