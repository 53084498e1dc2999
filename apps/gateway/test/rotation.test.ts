import { createHash } from 'node:crypto'
import { Agent, type AgentOptions, request } from 'node:https'
import { createTestAuthority, type IssuedCertificate, type TestAuthority } from '@countersign/testkit'
import { expect, it, vi } from 'vitest'
import { openWorkloads, type Workloads } from './support/workloads.ts'

/** A way to call, which a rotation replaces: over connections that are kept, and now and then a new one. */
interface Way {
  readonly kept: Agent
  readonly fresh: Agent
  readonly token: string | undefined
}

/** The workloads, and how each of them calls at this moment. */
interface Scene extends Workloads {
  /** What callers trust. */
  trusted: string[]
  readonly ways: Record<string, Way>
  /** The certificate that the token of the way `bound` is bound to. */
  certificate: IssuedCertificate
  /** Every call begun so far. */
  readonly calls: Promise<void>[]
}

function way({ trusted }: Scene, options: AgentOptions, token?: string): Way {
  const all = { ...options, ca: trusted }
  return { kept: new Agent({ ...all, keepAlive: true, maxSockets: 8 }), fresh: new Agent(all), token }
}

/** @returns what went wrong; `undefined` for 200 */
function call({ stage }: Scene, { kept, fresh, token }: Way, isFresh: boolean): Promise<string | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const agent = isFresh ? fresh : kept
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port: stage.port, path: '/u1/public/x', agent, headers }, (response) => {
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
function startLoad(scene: Scene) {
  const failures: string[] = []
  const { calls } = scene
  const timer = setInterval(() => {
    const names = Object.keys(scene.ways)
    const name = names[calls.length % names.length] as string
    const answered = call(scene, scene.ways[name] as Way, calls.length % 20 < names.length)
    calls.push(answered.then((failure) => void (failure && failures.push(`${name}: ${failure}`))))
  }, 5)
  return async function stop() {
    clearInterval(timer)
    await Promise.all(calls)
    return { count: calls.length, failures }
  }
}

const admin = [{ type: 'url', value: 'spiffe://td.example/admin' }] as const

it('keys, bundle, client authorities and certificate are replaced under load, and no call fails', async () => {
  await using world = await openWorkloads()
  const nextServer = await createTestAuthority({ name: 'CN=next server' })
  const certificate = await world.clientAuthority.issue()
  const trusted = [world.trust.ca, nextServer.cert]
  const scene: Scene = { ...world, trusted, ways: {}, certificate, calls: [] }
  await signAnew(scene)
  scene.ways.svid = way(scene, await world.td.svid('/admin'))
  scene.ways.svidToken = way(scene, {}, await world.td.svidToken('/admin'))
  const stop = startLoad(scene)

  await rotateKeys(scene)
  await rotateBundle(scene, await createTestAuthority({ name: 'CN=td.example' }))
  await rotateClientAuthority(scene, await createTestAuthority({ name: 'CN=next clients' }))
  const { cert, key } = await nextServer.issue({ alternativeNames: [{ type: 'ip', value: '127.0.0.1' }] })
  await inForce(scene, { 'tls.crt': cert, 'tls.key': key })
  scene.trusted = [nextServer.cert]
  await signAnew(scene)

  const answer = () => call(scene, scene.ways.token as Way, true)
  await vi.waitFor(async () => expect(await answer()).toBeUndefined())
  const { count, failures } = await stop()
  expect(failures.join('\n')).toBe('')
  expect(count).toBeGreaterThan(200)
})

/** Every token of the issuer and the cluster is replaced by one that their latest keys sign. */
async function signAnew(scene: Scene): Promise<void> {
  const { stage, ways, certificate } = scene
  const thumbprint = createHash('sha256').update(certificate.der).digest('base64url')
  ways.token = way(scene, {}, await stage.issuer.sign())
  ways.bound = way(scene, certificate, await stage.issuer.sign({ cnf: { 'x5t#S256': thumbprint } }))
  ways.account = way(scene, {}, await scene.accountToken())
}

/** Published first, then signed with, then the old ones are taken away. */
async function rotateKeys(scene: Scene): Promise<void> {
  const { stage, cluster } = scene
  for (const issuer of [stage.issuer, cluster]) await issuer.rotate({ keep: true })
  await signAnew(scene)
  await settled(() => cluster.jwks.count)
  await Promise.all(scene.calls)
  cluster.published = [cluster.key('RS256').publicJwk]
  stage.issuer.published = [stage.issuer.key().publicJwk]
  await settled(() => cluster.jwks.count)
}

async function rotateBundle(scene: Scene, next: TestAuthority): Promise<void> {
  const { td, ways } = scene
  td.authorities = [td.authority, next]
  await td.issuer.rotate({ keep: true })
  td.issuer.published = td.issuer.published.map((key) => ({ ...key, use: 'jwt-svid' }))
  await settled(() => td.issuer.jwks.count)
  ways.svid = way(scene, await next.issue({ alternativeNames: [...admin] }))
  ways.svidToken = way(scene, {}, await td.svidToken('/admin'))
  await Promise.all(scene.calls)
  td.authorities = [next]
  td.issuer.published = [{ ...td.issuer.key().publicJwk, use: 'jwt-svid' }]
  await settled(() => td.issuer.jwks.count)
}

async function rotateClientAuthority(scene: Scene, next: TestAuthority): Promise<void> {
  await inForce(scene, { 'client-ca.crt': `${scene.clientAuthority.cert}\n${next.cert}` })
  scene.certificate = await next.issue()
  await signAnew(scene)
  await Promise.all(scene.calls)
  await inForce(scene, { 'client-ca.crt': next.cert })
}

/** Two requests later, the second of which has begun after the change. */
async function settled(count: () => number): Promise<void> {
  const before = count()
  await vi.waitFor(() => expect(count()).toBeGreaterThan(before + 1), { interval: 50 })
}

async function inForce({ stage }: Scene, files: Readonly<Record<string, string>>): Promise<void> {
  const applied = () => stage.gateway.stderr().split('a changed configuration is in force').length
  const before = applied()
  for (const [name, content] of Object.entries(files)) stage.write(name, content)
  await vi.waitFor(() => expect(applied()).toBeGreaterThan(before), { interval: 50 })
}
