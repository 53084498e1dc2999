import { createHash } from 'node:crypto'
import { Agent, type AgentOptions, request } from 'node:https'
import { createTestAuthority, type IssuedCertificate, type TestAuthority } from '@countersign/testkit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openWorkloads, type Workloads } from './support/workloads.ts'

let world: Workloads
beforeAll(async () => {
  world = await openWorkloads()
})
afterAll(() => world?.[Symbol.asyncDispose]())

/** A way to call, which a rotation replaces: over connections that are kept, and now and then a new one. */
interface Way {
  readonly kept: Agent
  readonly fresh: Agent
  readonly token: string | undefined
}

function way(options: AgentOptions, token?: string): Way {
  const all = { ...options, ca: trusted }
  return { kept: new Agent({ ...all, keepAlive: true, maxSockets: 8 }), fresh: new Agent(all), token }
}

let trusted: string[]

/** @returns what went wrong; `undefined` for 200 */
function call({ kept, fresh, token }: Way, isFresh: boolean): Promise<string | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const agent = isFresh ? fresh : kept
  return new Promise((resolve) => {
    const { port } = world.stage
    request({ host: '127.0.0.1', port, path: '/u1/public/x', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', (error) => resolve(error.message))
      response.on('end', () => {
        resolve(response.statusCode === 200 ? undefined : `${response.statusCode} ${Buffer.concat(chunks)}`)
      })
    })
      .on('error', (error) => resolve(error.message))
      .end()
  })
}

/** 200 calls a second, each by the next of the ways there are at that moment. */
function startLoad(ways: Readonly<Record<string, Way>>) {
  const failures: string[] = []
  const calls: Promise<void>[] = []
  const timer = setInterval(() => {
    const names = Object.keys(ways)
    const name = names[calls.length % names.length] as string
    const answered = call(ways[name] as Way, calls.length % 20 < names.length)
    calls.push(answered.then((failure) => void (failure && failures.push(`${name}: ${failure}`))))
  }, 5)
  return async function stop() {
    clearInterval(timer)
    await Promise.all(calls)
    return { count: calls.length, failures }
  }
}

async function boundWay(certificate: IssuedCertificate): Promise<Way> {
  const thumbprint = createHash('sha256').update(certificate.der).digest('base64url')
  return way(certificate, await world.stage.issuer.sign({ cnf: { 'x5t#S256': thumbprint } }))
}

const admin = [{ type: 'url', value: 'spiffe://td.example/admin' }] as const

it('keys, bundle, client authorities and certificate are replaced under load, and no call fails', async () => {
  const { stage, td, clientAuthority } = world
  const nextServer = await createTestAuthority({ name: 'CN=next server' })
  trusted = [world.trust.ca, nextServer.cert]
  const ways: Record<string, Way> = {
    token: way({}, await stage.issuer.sign()),
    account: way({}, await world.accountToken()),
    svid: way(await td.svid('/admin')),
    svidToken: way({}, await td.svidToken('/admin')),
    bound: await boundWay(await clientAuthority.issue()),
  }
  const stop = startLoad(ways)

  await rotateKeys(ways)
  await rotateBundle(ways, await createTestAuthority({ name: 'CN=td.example' }))
  await rotateClientAuthority(ways, await createTestAuthority({ name: 'CN=next clients' }))
  const { cert, key } = await nextServer.issue({ alternativeNames: [{ type: 'ip', value: '127.0.0.1' }] })
  await inForce({ 'tls.crt': cert, 'tls.key': key })
  trusted = [nextServer.cert]
  ways.token = way({}, await stage.issuer.sign())

  await vi.waitFor(async () => expect(await call(ways.token as Way, true)).toBeUndefined(), {
    timeout: 60_000,
  })
  const { count, failures } = await stop()
  expect(failures).toEqual([])
  expect(count).toBeGreaterThan(200)
})

/** Published first, then signed with, then the old ones are taken away. */
async function rotateKeys(ways: Record<string, Way>): Promise<void> {
  const { stage, cluster } = world
  for (const issuer of [stage.issuer, cluster]) await issuer.rotate({ keep: true })
  ways.token = way({}, await stage.issuer.sign())
  ways.account = way({}, await world.accountToken())
  await settled(() => cluster.jwks.count)
  cluster.published = [cluster.key('RS256').publicJwk]
  stage.issuer.published = [stage.issuer.key().publicJwk]
  await settled(() => cluster.jwks.count)
}

async function rotateBundle(ways: Record<string, Way>, next: TestAuthority): Promise<void> {
  const { td } = world
  td.authorities = [td.authority, next]
  await td.issuer.rotate({ keep: true })
  td.issuer.published = td.issuer.published.map((key) => ({ ...key, use: 'jwt-svid' }))
  await settled(() => td.issuer.jwks.count)
  ways.svid = way(await next.issue({ alternativeNames: [...admin] }))
  ways.svidToken = way({}, await td.svidToken('/admin'))
  await settled(() => td.issuer.jwks.count)
  td.authorities = [next]
  td.issuer.published = [{ ...td.issuer.key().publicJwk, use: 'jwt-svid' }]
  await settled(() => td.issuer.jwks.count)
}

async function rotateClientAuthority(ways: Record<string, Way>, next: TestAuthority): Promise<void> {
  const { clientAuthority } = world
  await inForce({ 'client-ca.crt': `${clientAuthority.cert}\n${next.cert}` })
  ways.bound = await boundWay(await next.issue())
  await inForce({ 'client-ca.crt': next.cert })
}

/** Two requests later, the second of which has begun after the change. */
async function settled(count: () => number): Promise<void> {
  const before = count()
  await vi.waitFor(() => expect(count()).toBeGreaterThan(before + 1), { timeout: 60_000, interval: 50 })
}

async function inForce(files: Readonly<Record<string, string>>): Promise<void> {
  const { stage } = world
  const applied = () => stage.gateway.stderr().split('a changed configuration is in force').length
  const before = applied()
  for (const [name, content] of Object.entries(files)) stage.write(name, content)
  await vi.waitFor(() => expect(applied()).toBeGreaterThan(before), { timeout: 60_000, interval: 50 })
}
